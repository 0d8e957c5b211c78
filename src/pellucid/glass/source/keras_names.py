"""What Keras has too: of each layer, loss, optimizer, …, the settings that mean the same there."""

from __future__ import annotations

from pellucid.glass.source.graph import Refused

KERAS = "Keras"
WEIGHTS = (
    *("kernel", "bias", "recurrent", "beta", "gamma", "embeddings", "moving_mean"),
    *("moving_variance", "depthwise", "pointwise", "alpha", "scale"),
)
#: how weights start, which the program does not need, since it has them; and what is not said
UNSAID = (
    *(f"{each}_initializer" for each in WEIGHTS),
    "unit_forget_bias",
    "sigma",
    "input_shape",
    "input_dim",
    "name",
    "trainable",
)

#: the settings of each layer that go by the same name in Keras, and mean the same; ! is always said
BOUNDS = "kernel_constraint bias_constraint"
CONVOLVING = (
    "kernel_size strides padding dilation_rate activation use_bias bias_regularizer data_format "
)
KERNEL, BY_CHANNEL = "kernel_regularizer ", "depth_multiplier depthwise_regularizer "
RECURRENT = (
    "use_bias return_sequences go_backwards dropout recurrent_dropout seed kernel_regularizer "
    f"recurrent_regularizer recurrent_constraint {BOUNDS} "
)
AFFINE = "center scale beta_regularizer gamma_regularizer"
MOVING = "fill_mode interpolation fill_value seed data_format"
LAYERS: dict[str, str | Refused] = {
    "Dense": "units activation use_bias kernel_regularizer bias_regularizer " + BOUNDS,
    "Activation": "activation",
    "Identity": "",
    "Masking": "mask_value",
    "ActivityRegularization": "l1 l2",
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), f"filters {CONVOLVING}{KERNEL}groups {BOUNDS}"),
    **dict.fromkeys(
        ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        f"filters {CONVOLVING}{KERNEL}output_padding",
    ),
    "EinsumDense": f"equation output_shape activation bias_axes bias_regularizer {KERNEL}{BOUNDS}",
    **dict.fromkeys(
        [f"Adaptive{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)],
        "output_size data_format",
    ),
    **dict.fromkeys(
        ("SimpleRNNCell", "LSTMCell", "GRUCell", "StackedRNNCells", "RNN"),
        Refused("use SimpleRNN, LSTM or GRU"),
    ),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), CONVOLVING + BY_CHANNEL),
    **dict.fromkeys(
        ("SeparableConv1D", "SeparableConv2D"),
        f"filters {CONVOLVING}{BY_CHANNEL}pointwise_regularizer",
    ),
    **dict.fromkeys(
        ("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"), "pool_size strides padding data_format"
    ),
    **dict.fromkeys(
        ("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
        "pool_size! strides padding data_format",
    ),
    **dict.fromkeys(
        [f"Global{kind}Pooling{rank}D" for kind in ("Average", "Max") for rank in (1, 2, 3)],
        "keepdims data_format",
    ),
    **dict.fromkeys(("Cropping1D", "Cropping2D", "Cropping3D"), "cropping! data_format"),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), "padding data_format"),
    "ZeroPadding3D": "padding! data_format",
    "UpSampling1D": "size",
    "UpSampling2D": "size interpolation data_format",
    "UpSampling3D": "size data_format",
    "Resizing": "height width interpolation crop_to_aspect_ratio pad_to_aspect_ratio fill_mode "
    "fill_value antialias data_format",
    "CenterCrop": "height width data_format",
    "RandomCrop": "height width seed data_format",
    "RandomFlip": "mode seed data_format",
    "RandomTranslation": f"height_factor width_factor {MOVING}",
    "RandomRotation": f"factor {MOVING}",
    "RandomZoom": f"height_factor width_factor {MOVING}",
    "RandomShear": f"x_factor y_factor {MOVING}",
    **dict.fromkeys(
        (
            "RandomBrightness",
            "RandomColorDegeneration",
            "RandomContrast",
            "RandomHue",
            "RandomInvert",
            "RandomPosterization",
            "RandomSaturation",
            "RandomSharpness",
        ),
        "factor value_range seed data_format",
    ),
    "RandomGrayscale": "factor seed data_format",
    "RandomGaussianBlur": "factor kernel_size sigma value_range seed data_format",
    "RandomErasing": "factor scale fill_value value_range seed data_format",
    "RandomColorJitter": "value_range brightness_factor contrast_factor saturation_factor "
    "hue_factor seed data_format",
    "Solarization": "addition_factor threshold_factor value_range seed data_format",
    "AutoContrast": "value_range data_format",
    "RandomPerspective": "factor scale interpolation fill_value seed data_format",
    "RandomElasticTransform": f"factor scale value_range {MOVING}",
    "Pipeline": Refused("put its layers into the network"),
    "Embedding": "input_dim output_dim embeddings_regularizer embeddings_constraint mask_zero",
    "ReversibleEmbedding": Refused("write it as an Embedding and a Dense"),
    "InputLayer": "",
    "Operation": "equation numbers",
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), ""),
    "Concatenate": "axis",
    "Dot": "axes normalize",
    "Dropout": "rate seed noise_shape",
    **dict.fromkeys(
        ("AlphaDropout", "GaussianDropout", *(f"SpatialDropout{rank}D" for rank in (1, 2, 3))),
        "rate seed",
    ),
    "GaussianNoise": "stddev seed",
    "BatchNormalization": f"axis momentum epsilon {AFFINE}",
    "GroupNormalization": f"groups axis epsilon {AFFINE}",
    "LayerNormalization": f"axis epsilon {AFFINE}",
    "RMSNormalization": "axis epsilon",
    "UnitNormalization": "axis",
    "Normalization": "axis",
    "Rescaling": "scale offset",
    "ReLU": "max_value negative_slope threshold",
    "LeakyReLU": "negative_slope",
    "ELU": "alpha",
    "PReLU": "alpha_regularizer shared_axes",
    "Softmax": "axis",
    "SimpleRNN": f"units activation {RECURRENT}bias_regularizer",
    "LSTM": f"units activation recurrent_activation {RECURRENT}bias_regularizer",
    "GRU": f"units activation recurrent_activation reset_after {RECURRENT}bias_regularizer",
    "Bidirectional": "layer merge_mode backward_layer",
    "TimeDistributed": "layer",
    "Flatten": "data_format",
    "Reshape": "target_shape",
    "Permute": "dims",
    "RepeatVector": "n",
    "Attention": "use_scale score_mode dropout seed",
    "AdditiveAttention": "use_scale dropout seed",
    **dict.fromkeys(("MultiHeadAttention", "GroupedQueryAttention"), Refused("")),
    "Lambda": Refused(""),
    "Elementwise": Refused(""),
    "Scaling": "",
    "ParametricActivation": "activation",
    "PeriodicEmbedding": "units frequencies",
    "PLREmbedding": "units frequencies activation",
}
#: an activation with settings of its own, as a function; one without goes by its name
ACTIVATIONS = {
    "Softmax": "lambda z: keras.ops.softmax(z, axis={axis})",
    "LogSoftmax": "lambda z: keras.ops.log_softmax(z, axis={axis})",
    "LeakyRelu": "lambda z: keras.ops.leaky_relu(z, {negative_slope})",
    "Elu": "lambda z: keras.ops.elu(z, {alpha})",
    "Celu": "lambda z: keras.ops.celu(z, {alpha})",
    "HardShrink": "lambda z: keras.ops.hard_shrink(z, {threshold})",
    "SoftShrink": "lambda z: keras.ops.soft_shrink(z, {threshold})",
    "Squareplus": "lambda z: keras.ops.squareplus(z, {b})",
    "Glu": "lambda z: keras.ops.glu(z, axis={axis})",
    "Threshold": "lambda z: keras.ops.threshold(z, {threshold}, {default_value})",
    "Gelu": "lambda z: keras.ops.gelu(z, approximate={approximate})",
    **dict.fromkeys(
        [
            "Linear",
            "Exponential",
            "Sigmoid",
            "HardSigmoid",
            "Tanh",
            "Relu",
            "Relu6",
            "Selu",
            "Silu",
            "Mish",
            "Softplus",
            "Softsign",
            "HardSilu",
            "HardTanh",
            "LogSigmoid",
            "TanhShrink",
            "SparsePlus",
            "SparseSigmoid",
            "Sparsemax",
        ],
        "",
    ),
}
#: what Keras has no defaults for
NEVER_BY_NAME = ("Threshold",)
#: the settings of each loss that mean the same
LOSSES: dict[str, str | Refused] = {
    "SparseCategoricalCrossentropy": "from_logits axis ignore_class",
    "CategoricalCrossentropy": "from_logits label_smoothing axis",
    "BinaryCrossentropy": "from_logits label_smoothing axis",
    "BinaryFocalCrossentropy": "from_logits label_smoothing axis apply_class_balancing alpha gamma",
    "CategoricalFocalCrossentropy": "from_logits label_smoothing axis alpha gamma",
    "Huber": "delta",
    "CosineSimilarity": "axis",
    "Dice": "axis",
    "Tversky": "axis",
    "CategoricalGeneralizedCrossEntropy": "q",
    "Pinball": Refused(""),
    **dict.fromkeys(
        [
            "CategoricalHinge",
            "Hinge",
            "KLDivergence",
            "LogCosh",
            "MeanAbsoluteError",
            "MeanAbsolutePercentageError",
            "MeanSquaredError",
            "MeanSquaredLogarithmicError",
            "Poisson",
            "SquaredHinge",
        ],
        "",
    ),
}
ALL = (
    "weight_decay",
    "clipnorm",
    "clipvalue",
    "global_clipnorm",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "gradient_accumulation_steps",
)
OPTIMIZERS: dict[str, str | Refused] = {
    "SGD": "learning_rate momentum nesterov",
    "Adam": "learning_rate beta_1 beta_2 epsilon amsgrad",
    "AdamW": "learning_rate beta_1 beta_2 epsilon amsgrad",
    "Nadam": "learning_rate beta_1 beta_2 epsilon",
    "Adamax": "learning_rate beta_1 beta_2 epsilon",
    "Adagrad": "learning_rate initial_accumulator_value epsilon",
    "Adadelta": "learning_rate rho epsilon",
    "RMSprop": "learning_rate rho momentum epsilon centered",
    "Lion": "learning_rate beta_1 beta_2",
    "Lamb": "learning_rate beta_1 beta_2 epsilon",
    "ScheduleFreeAdamW": "learning_rate beta_1 beta_2 epsilon warmup_steps",
    "Ftrl": (
        "learning_rate learning_rate_power initial_accumulator_value l1_regularization_strength "
        "l2_regularization_strength l2_shrinkage_regularization_strength beta"
    ),
}
INSTEAD = "CosineDecay(warmup_target=…) warms up in Keras too"
SCHEDULES: dict[str, str | Refused] = {
    "ExponentialDecay": "initial_learning_rate decay_steps decay_rate staircase",
    "InverseTimeDecay": "initial_learning_rate decay_steps decay_rate staircase",
    "PolynomialDecay": "initial_learning_rate decay_steps end_learning_rate power cycle",
    "PiecewiseConstantDecay": "boundaries values",
    "CosineDecay": "initial_learning_rate decay_steps alpha warmup_target warmup_steps",
    "CosineDecayRestarts": "initial_learning_rate first_decay_steps t_mul m_mul alpha",
    "WarmUp": Refused(INSTEAD),
    "OneCycle": Refused(INSTEAD),
    "FlatCosine": Refused("CosineDecay falls from its first step on"),
    "LogCosine": Refused("CosineDecayRestarts has waves too"),
}
CONSTRAINTS: dict[str, str | Refused] = {
    "MaxNorm": "max_value axis",
    "MinMaxNorm": "min_value max_value rate axis",
    "NonNeg": "",
    "UnitNorm": "axis",
}
REGULARIZERS: dict[str, str | Refused] = {
    "L1": "l1",
    "L2": "l2",
    "L1L2": "l1 l2",
    "OrthogonalRegularizer": "factor mode",
}
#: metrics that Keras computes alike, by batches; others are left out, and said to be
METRICS = {
    "BinaryAccuracy": "threshold",
    "CategoricalAccuracy": "",
    "SparseCategoricalAccuracy": "",
    "TopKCategoricalAccuracy": "k",
    "SparseTopKCategoricalAccuracy": "k",
    "MeanSquaredError": "",
    "MeanAbsoluteError": "",
    "RootMeanSquaredError": "",
    "R2Score": "class_aggregation",
    "Precision": "thresholds top_k class_id",
    "Recall": "thresholds top_k class_id",
}
#: Keras adds ε to √v; what is added here is ε·√(1 − β₂ᵗ), which is ε on √v̂
EPSILON = '''
class {name}(keras.optimizers.{name}):
    """{name} with ε on √v̂, as in the paper; Keras has it on √v, before the correction."""

    def update_step(self, gradient, variable, learning_rate):
        t, epsilon = keras.ops.cast(self.iterations + 1, variable.dtype), self.epsilon
        self.epsilon = epsilon * keras.ops.sqrt(1 - self.beta_2**t)
        super().update_step(gradient, variable, learning_rate)
        self.epsilon = epsilon
'''
