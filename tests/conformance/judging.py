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
#: those of a test that applies and does not pass
FAILING = tuple(kind for kind in KINDS if kind not in ("passes", "help", "apart"))
#: by what a test is called it is no part of a library for small networks of float32 and float64:
APART = re.compile(
    # numbers of 4, 8 and 16 bits
    r"quanti|int4|int8|gptq|awq|float8|fp8|lora|ternary|float16|half_prec|mixed_prec|autocast"
    r"|dtype_polic|dtype_arg|complex"
    # other backends, their tensors, devices and compilers
    r"|tf_data|tensorflow|_tf$|grain|torch|_jax|jax_|nnx|onednn|cudnn|flash|remat|stateless"
    r"|ragged|sparse_tensor|sparse_input|bcoo|distribut|shard|export|saved_model|orbax"
    # how Keras keeps count of its objects
    r"|tracker|tracking|seed_generator|name_scope|thread_safe|thread_local|auto_name|naming"
    # files of earlier Kerases, sound, boxes around things
    r"|legacy|progbar|audio|stft|mel_spec|bounding_box",
    re.IGNORECASE,
)
#: a missing name that is exported, and is no part of such a library
INSIDE = re.compile(
    r"^backend\.|^tensorflow|^grain|^torch|StatelessScope|SeedGenerator|DTypePolicy|dtype_polic"
    r"|quantiz|Operation|\._|flash_attention|FloatDTypePolicy|Tracker|distribution"
)
#: what a test reaches into: private attributes of Keras's classes, and dtypes of quantized layers
PRIVATE = re.compile(r"has no attribute '_|has no dtype='\w+_from_|has no attribute 'quantize")
#: the same in the text of a test that fails: it could not pass, wherever it fails first
REACHES_IN = re.compile(r"(?<!self)(?<!cls)\._[a-z]\w*")
#: the names that the documentation leaves out, and says what to use
LEFT_OUT = {name for names in ABSENT.values() for name in names}
MENTIONS = re.compile(r"has no argument|unexpected keyword|positional argument|got .* twice")


def kind_of(
    test: str, error: str, text: str, source: str = "", public: frozenset[str] = frozenset()
) -> str:
    """The kind of a failure: from the test's name, the class of the error, its text, the source.

    `public` are the names that Keras exports.
    """
    if APART.search(test) or REACHES_IN.search(source):
        return "apart"
    if error == "ModuleNotFoundError" or PRIVATE.search(text) or "Invalid backend" in text:
        return "apart"
    if error == "MissingNameError":
        if INSIDE.search(text) or not public.intersection(text.split(".")):
            return "apart"
        if text in LEFT_OUT:
            return "left"
        return "class" if text.split(".")[-1][:1].isupper() else "name"
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
