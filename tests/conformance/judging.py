"""What came of a test of Keras: passed, with help, no part of pellucid, or why it failed."""

from __future__ import annotations

import re

from pellucid.absent import ABSENT

#: the kinds, as they are printed
KINDS = {
    "passes": "passes as it is",
    "help": "passes with mechanical help",
    "apart": "does not apply",
    "left": "is left out, as docs/keras.md says",
    "class": "a class is missing",
    "argument": "an argument is missing",
    "name": "a name is missing",
    "refused": "is refused where Keras computes",
    "number": "gives another number",
    "result": "gives another result",
    "accepted": "accepts what Keras refuses",
    "error": "ends in another error",
}
#: backends, dtypes of half precision, quantization, compilers, devices, tensors that are sparse or
#: ragged, and the insides of Keras: no part of a library for small networks of float32 and float64
APART = re.compile(
    r"quanti|int4|int8|gptq|awq|float8|fp8|lora|dtype_polic|mixed_prec|autocast|float16|half_prec"
    r"|tf_data|tensorflow|torch|_jax|jax_|ragged|sparse_tensor|sparse_input|bcoo|distribut|shard"
    r"|flash|cudnn|jit|onednn|export|remat|stateless|symbolic|tracker|tracking|pickle|legacy"
    r"|saved_model|seed_generator|orbax|bounding_box|channels_first|complex|nnx|dtype_arg"
    r"|name_scope|thread_safe|thread_local|auto_name|naming|progbar|audio|stft|mel_spec|ternary",
    re.IGNORECASE,
)
INSIDE = re.compile(
    r"backend\.|StatelessScope|SeedGenerator|DTypePolicy|dtype_policies|quantizers|KerasSaveable"
    r"|Tracker|tensorflow|torch|distribution|export|InputSpec|numerical_utils|io_utils|file_utils"
    r"|saving_lib|serialization_lib|global_state|Operation|Functional|dtype_policy|\._"
    r"|validate_float_arg|^_|is_flash_attention_enabled"
)
#: what a test reaches into: private attributes of Keras's classes, and dtypes of quantized layers
PRIVATE = re.compile(r"has no attribute '_|has no dtype='\w+_from_|has no attribute 'quantize")
#: the names that the documentation leaves out, and says what to use
LEFT_OUT = {name for names in ABSENT.values() for name in names}
MENTIONS = re.compile(r"has no argument|unexpected keyword|positional argument|got .* twice")


def kind_of(test: str, error: str, text: str) -> str:
    """The kind of a failure, from the test's name, the class of the error, and its text."""
    if APART.search(test):
        return "apart"
    if error == "ModuleNotFoundError" or PRIVATE.search(text):
        return "apart"
    if error == "MissingNameError":
        if INSIDE.search(text):
            return "apart"
        if text in LEFT_OUT:
            return "left"
        return "class" if text.split(".")[-1][:1].isupper() or text == "its base" else "name"
    if error == "AttributeError":
        return "left" if "it is left out" in text else "name"
    if error == "TypeError" and MENTIONS.search(text):
        return "argument"
    if error == "ValueError" and re.search(r"^\w+ has no \w+=", text):
        return "argument"
    named = {
        "OtherNumberError": "number",
        "NothingRaisedError": "accepted",
        "AssertionError": "result",
    }
    if error in named:
        return named[error]
    return "refused" if error in ("ValueError", "TypeError", "NotImplementedError") else "error"
