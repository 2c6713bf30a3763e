"""Makes keras-models.zip.gz: small models of every layer that is read, with what Keras answers.

    python keras_models.py            (needs keras 3, tf_keras and tensorflow)

Each model is made by Keras 2 (tf_keras) and Keras 3 with random weights and saved as HDF5, those that
are read by Keras 3 also as .keras. The zip holds the files, and cases.json with inputs and outputs of three examples;
images have their channels first there. It is stored and then compressed as a whole, as the files are
much alike. Models that must be refused are there too, with what the message has to name.
"""

import gzip
import io
import json
import os
import tempfile
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np
import tf_keras

EXAMPLES = 3
CASES = {}
REFUSED = {}


def case(build):
    """A model that is read; the function takes keras or tf_keras."""
    CASES[build.__name__] = build
    return build


def chain(name, shape, *layers, table=CASES, **options):
    """A Sequential model; layers are functions of the module, the name of a class with settings."""
    table[name] = lambda k: k.Sequential(
        [k.Input(shape)] + [getattr(k.layers, kind)(*args, **kw) for kind, args, kw in layers]
    )
    table[name].options = options


def refused(name, expected, shape, *layers, **options):
    chain(name, shape, *layers, table=REFUSED, **options)
    REFUSED[name].expected = expected


def layer(kind, *args, **settings):
    return kind, args, settings


FLAT = [layer("Flatten"), layer("Dense", 2)]
KERAS_3 = {"only": "keras"}
KERAS_2 = {"only": "tf_keras"}


@case
def activations(k):
    x = k.Input((5,))
    names = "linear relu elu selu gelu sigmoid hard_sigmoid tanh softmax softplus softsign swish silu mish exponential"
    ends = [k.layers.Dense(3, activation=name)(x) for name in names.split()]
    ends += [k.layers.Activation(name)(x) for name in ("hard_sigmoid", "softmax", "gelu")]
    ends += [k.layers.ReLU()(x), k.layers.ReLU(max_value=6)(x), k.layers.ELU()(x), k.layers.Softmax()(x)]
    return k.Model(x, k.layers.Concatenate()(ends))


@case
def activations_keras3(k):
    x = k.Input((5,))
    ends = [k.layers.Dense(3, activation=name)(x) for name in ("relu6", "hard_tanh", "silu")]
    return k.Model(x, k.layers.Concatenate()(ends))


activations_keras3.options = KERAS_3

# Dense
chain("dense_without_bias", (4,), layer("Dense", 3, use_bias=False, activation="tanh"), layer("Dense", 2, use_bias=False))
chain("dense_of_sequence", (5, 3), layer("Dense", 4, activation="relu"), layer("LSTM", 2))
chain("time_distributed", (5, 3), layer("TimeDistributed", keras.layers.Dense(4)), layer("Flatten"), layer("Dense", 2), **KERAS_3)
chain("time_distributed_2", (5, 3), layer("TimeDistributed", tf_keras.layers.Dense(4)), layer("Flatten"), layer("Dense", 2), **KERAS_2)
chain("dropout", (4,), layer("Dense", 5), layer("Dropout", 0.4), layer("Dense", 2))

# Convolutions
for i, (shape, settings) in enumerate([
    ((9, 3), dict(filters=4, kernel_size=3)),
    ((8, 3), dict(filters=4, kernel_size=2, strides=3, padding="same", activation="elu")),
    ((7, 4), dict(filters=6, kernel_size=3, strides=2, padding="same", groups=2, use_bias=False)),
    ((9, 2), dict(filters=3, kernel_size=3, dilation_rate=2, padding="causal")),
    ((9, 2), dict(filters=3, kernel_size=4, strides=2, padding="causal")),
    ((9, 2), dict(filters=3, kernel_size=2, dilation_rate=3, padding="same")),
]):
    chain(f"conv1d_{i}", shape, layer("Conv1D", **settings), *FLAT)
for i, (shape, settings) in enumerate([
    ((5, 7, 3), dict(filters=4, kernel_size=(3, 2))),
    ((7, 5, 2), dict(filters=3, kernel_size=3, strides=2, padding="same", activation="relu")),
    ((6, 7, 2), dict(filters=3, kernel_size=(2, 5), strides=(3, 2), padding="same", use_bias=False)),
    ((7, 6, 4), dict(filters=6, kernel_size=3, groups=2, padding="same", activation="tanh")),
    ((8, 9, 2), dict(filters=3, kernel_size=3, dilation_rate=(2, 3))),
    ((8, 7, 2), dict(filters=3, kernel_size=(3, 2), dilation_rate=2, padding="same")),
    ((4, 4, 1), dict(filters=3, kernel_size=1, strides=2)),
]):
    chain(f"conv2d_{i}", shape, layer("Conv2D", **settings), *FLAT)
chain("conv3d_valid", (4, 5, 3, 2), layer("Conv3D", 3, (2, 3, 2)), *FLAT)
chain("conv3d_same", (4, 5, 3, 2), layer("Conv3D", 3, 3, strides=(2, 1, 2), padding="same", activation="relu"), *FLAT)
for i, (shape, settings) in enumerate([
    ((5, 6, 3), dict(kernel_size=3)),
    ((7, 5, 2), dict(kernel_size=3, strides=2, padding="same", depth_multiplier=2)),
    ((7, 5, 3), dict(kernel_size=(2, 3), padding="same", depth_multiplier=3, use_bias=False, activation="relu")),
    ((7, 8, 2), dict(kernel_size=3, dilation_rate=2, depth_multiplier=2)),
    ((6, 6, 1), dict(kernel_size=2, depth_multiplier=4)),
]):
    chain(f"depthwise2d_{i}", shape, layer("DepthwiseConv2D", **settings), *FLAT)
chain("depthwise1d", (8, 3), layer("DepthwiseConv1D", 3, strides=2, padding="same", depth_multiplier=2), *FLAT)
for i, (shape, settings) in enumerate([
    ((5, 6, 3), dict(filters=4, kernel_size=3)),
    ((7, 5, 2), dict(filters=3, kernel_size=3, strides=2, padding="same", depth_multiplier=2, activation="relu")),
    ((7, 8, 2), dict(filters=3, kernel_size=(2, 3), dilation_rate=2, depth_multiplier=3, use_bias=False)),
]):
    chain(f"separable2d_{i}", shape, layer("SeparableConv2D", **settings), *FLAT)
chain("separable1d", (9, 3), layer("SeparableConv1D", 4, 3, strides=2, padding="same", depth_multiplier=2), *FLAT)
chain("separable1d_valid", (9, 3), layer("SeparableConv1D", 4, 3, dilation_rate=2, use_bias=False, activation="tanh"), *FLAT)

# Pooling
for kind in ("Max", "Average"):
    chain(f"{kind}_pooling1d", (9, 2), layer(f"{kind}Pooling1D", 2), *FLAT)
    chain(f"{kind}_pooling1d_same", (9, 2), layer(f"{kind}Pooling1D", 4, strides=3, padding="same"), *FLAT)
    chain(f"{kind}_pooling2d", (7, 6, 2), layer(f"{kind}Pooling2D", (2, 3), strides=(1, 2)), *FLAT)
    chain(f"{kind}_pooling2d_same", (7, 5, 3), layer(f"{kind}Pooling2D", (3, 2), strides=2, padding="same"), *FLAT)
    chain(f"{kind}_pooling3d", (4, 5, 3, 2), layer(f"{kind}Pooling3D", 2, padding="same"), *FLAT)
    chain(f"global_{kind}_1d", (5, 3), layer(f"Global{kind}Pooling1D"), layer("Dense", 2))
    chain(f"global_{kind}_2d", (4, 5, 3), layer(f"Global{kind}Pooling2D"), layer("Dense", 2))
    chain(f"global_{kind}_3d", (2, 4, 3, 3), layer(f"Global{kind}Pooling3D"), layer("Dense", 2))

# Normalisation
chain("batch_norm_vector", (5,), layer("BatchNormalization", epsilon=0.1, momentum=0.7), layer("Dense", 2))
chain("batch_norm_sequence", (4, 3), layer("BatchNormalization", scale=False), layer("LSTM", 2))
chain("batch_norm_image", (4, 3, 5), layer("BatchNormalization", center=False), *FLAT)
chain("batch_norm_bare", (4, 3, 2), layer("BatchNormalization", scale=False, center=False, axis=3), *FLAT)
chain("batch_norm_of_flat", (4, 3, 2), layer("Flatten"), layer("BatchNormalization"), layer("Dense", 2))
chain("layer_norm_vector", (5,), layer("LayerNormalization"), layer("Dense", 2))
chain("layer_norm_sequence", (4, 5), layer("LayerNormalization", epsilon=0.1, center=False), layer("GRU", 2))
chain("layer_norm_unscaled", (4, 5), layer("LayerNormalization", scale=False, axis=2), *FLAT)
chain("layer_norm_of_flat", (4, 3, 2), layer("Flatten"), layer("LayerNormalization"), layer("Dense", 2))

# Recurrent
chain("lstm", (5, 3), layer("LSTM", 4), layer("Dense", 2))
chain("lstm_sequences", (5, 3), layer("LSTM", 4, return_sequences=True, use_bias=False), layer("LSTM", 2))
chain("lstm_hard_gates", (5, 3), layer("LSTM", 4, recurrent_activation="hard_sigmoid"), layer("Dense", 2))
chain("lstm_last", (5, 3), layer("LSTM", 4, dropout=0.2, recurrent_dropout=0.1))
chain("gru", (5, 3), layer("GRU", 4), layer("Dense", 2))
chain("gru_sequences", (5, 3), layer("GRU", 4, return_sequences=True, use_bias=False), layer("GRU", 2))
chain("rnn", (5, 3), layer("SimpleRNN", 4, activation="relu"), layer("Dense", 2))
chain("rnn_sequences", (5, 3), layer("SimpleRNN", 4, return_sequences=True, use_bias=False), *FLAT)
for kind in ("LSTM", "GRU", "SimpleRNN"):
    for merge in ("concat", "sum"):
        sequences = (kind == "LSTM") == (merge == "sum")
        for k in (keras, tf_keras):
            name = f"bidirectional_{kind}_{merge}_{k.__name__}"
            inner = getattr(k.layers, kind)(3, return_sequences=sequences, use_bias=merge == "concat")
            chain(name, (4, 2), layer("Bidirectional", inner, merge_mode=merge), *FLAT, only=k.__name__)

chain("encoder_decoder", (5, 3), layer("LSTM", 4), layer("RepeatVector", 3), layer("GRU", 2, return_sequences=True), *FLAT)

# Embedding
chain("embedding", (6,), layer("Embedding", 7, 3), layer("LSTM", 4), layer("Dense", 2), words=7)
chain("embedding_flat", (6,), layer("Embedding", 7, 3), *FLAT, words=7)
chain("embedding_pooled", (6,), layer("Embedding", 7, 3), layer("GlobalAveragePooling1D"), layer("Dense", 2), words=7)

# Shapes
chain("reshape_to_sequence", (6,), layer("Reshape", (3, -1)), layer("LSTM", 2))
chain("reshape_to_grey_image", (12,), layer("Reshape", (3, 4, 1)), layer("Conv2D", 2, 2), *FLAT)
chain("reshape_to_pixel", (6,), layer("Dense", 5), layer("Reshape", (1, 1, 5)), layer("Conv2D", 3, 1), *FLAT)
chain("reshape_of_image", (3, 4, 2), layer("Reshape", (-1,)), layer("Dense", 2))
chain("reshape_of_grey_image", (3, 4, 1), layer("Reshape", (3, 4)), layer("LSTM", 2))
chain("zero_padding1d", (4, 2), layer("ZeroPadding1D", 2), *FLAT)
chain("zero_padding2d", (4, 3, 2), layer("ZeroPadding2D", (2, 1)), *FLAT)
chain("zero_padding2d_pairs", (4, 3, 2), layer("ZeroPadding2D", ((1, 1), (2, 2))), *FLAT)
chain("zero_padding3d", (2, 4, 3, 2), layer("ZeroPadding3D", (1, 2, 1)), *FLAT)
chain("up_sampling1d", (4, 2), layer("UpSampling1D", 3), *FLAT)
chain("up_sampling2d", (3, 4, 2), layer("UpSampling2D", 2), *FLAT)
chain("up_sampling3d", (2, 3, 2, 2), layer("UpSampling3D", 2), *FLAT)
chain("flatten_vector_and_sequence", (3, 4), layer("Flatten"), layer("Flatten"), layer("Dense", 2))

# Ends
chain("end_softmax", (4,), layer("Dense", 3, activation="softmax"))
chain("end_softmax_layer", (4,), layer("Dense", 3), layer("Softmax"))
chain("end_softmax_activation", (4,), layer("Dense", 3, use_bias=False), layer("Activation", "softmax"))
chain("end_sigmoid", (4,), layer("Dense", 3, activation="sigmoid"))
chain("end_image", (4, 5, 2), layer("Conv2D", 3, 2, activation="tanh"))
chain("end_pixels", (4, 5, 2), layer("Conv2D", 3, 1, activation="softmax"))
chain("end_pooling", (4, 5, 2), layer("Conv2D", 3, 2), layer("GlobalAveragePooling2D"), layer("Softmax"))
chain("end_logits", (4,), layer("Dense", 3), loss=lambda k: k.losses.CategoricalCrossentropy(from_logits=True), shown="softmax")
chain("end_sparse_logits", (4,), layer("Dense", 3), loss=lambda k: k.losses.SparseCategoricalCrossentropy(from_logits=True), shown="softmax")
chain("end_binary_logits", (4,), layer("Dense", 1), loss=lambda k: k.losses.BinaryCrossentropy(from_logits=True), shown="sigmoid")
chain("end_pixel_logits", (4, 5, 2), layer("Conv2D", 3, 1), loss=lambda k: k.losses.CategoricalCrossentropy(from_logits=True), shown="softmax")
chain("end_softmax_squared", (4,), layer("Dense", 3, activation="softmax"), loss=lambda k: "mse")
chain("end_huber", (4,), layer("Dense", 2), loss=lambda k: k.losses.Huber(delta=2.0))
chain("end_log_cosh", (4,), layer("Dense", 2, activation="tanh"), loss=lambda k: k.losses.LogCosh())
chain("end_sequence", (4, 3), layer("LSTM", 4, return_sequences=True), layer("Dense", 3, activation="softmax"))


# Graphs
@case
def flat_second(k):
    image = k.Input((4, 3, 2))
    pooled = k.layers.GlobalMaxPooling2D()(image)
    flat = k.layers.Flatten()(k.layers.Conv2D(3, 2)(image))
    return k.Model(image, k.layers.Dense(3)(k.layers.Concatenate()([pooled, flat])))


@case
def flat_twice_and_again(k):
    image, vector = k.Input((4, 3, 2)), k.Input((5,))
    first = k.layers.Flatten()(k.layers.MaxPooling2D(2)(image))
    second = k.layers.Dropout(0.5)(k.layers.Flatten()(image))
    both = k.layers.Concatenate()([vector, second, first])
    both = k.layers.BatchNormalization()(both)
    both = k.layers.Concatenate()([both, k.layers.Activation("relu")(second)])
    return k.Model([image, vector], k.layers.Dense(2)(both))


@case
def flat_added(k):
    image = k.Input((4, 3, 2))
    one = k.layers.Flatten()(k.layers.Conv2D(2, 3, padding="same")(image))
    other = k.layers.Flatten()(image)
    sum_ = k.layers.Add()([one, other, one])
    return k.Model(image, k.layers.Dense(2)(k.layers.Multiply()([sum_, other])))


@case
def other_joins(k):
    image = k.Input((4, 3, 2))
    one, other = k.layers.Conv2D(3, 2)(image), k.layers.Conv2D(3, 2)(image)
    less = k.layers.Subtract()([one, other])
    more = k.layers.Maximum()([less, k.layers.Average()([one, other, less])])
    flat = k.layers.Flatten()(k.layers.UnitNormalization()(more))
    return k.Model(image, k.layers.Dense(2)(k.layers.UnitNormalization()(flat)))


@case
def flat_volume_beside_sequence(k):
    volume, words = k.Input((2, 3, 2, 2)), k.Input((3, 2))
    ends = [k.layers.Flatten()(words), k.layers.Flatten()(volume)]
    return k.Model([volume, words], k.layers.Dense(2)(k.layers.Concatenate()(ends)))


@case
def joined_images(k):
    image = k.Input((4, 5, 2))
    left = k.layers.Conv2D(3, 3, padding="same")(image)
    right = k.layers.SeparableConv2D(3, 3, padding="same")(image)
    both = k.layers.Concatenate()([k.layers.Add()([left, right]), image])
    both = k.layers.DepthwiseConv2D(2, depth_multiplier=2)(both)
    return k.Model(image, k.layers.Dense(2)(k.layers.Flatten()(both)))


@case
def attention(k):
    words, others = k.Input((4, 3)), k.Input((5, 2))
    keys, values = k.layers.Dense(3)(others), k.layers.LSTM(4, return_sequences=True)(others)
    seen = [k.layers.Attention()([words, values, keys]), k.layers.Attention(dropout=0.1)([words, keys])]
    return k.Model([words, others], k.layers.Dense(2)(k.layers.Flatten()(k.layers.Concatenate()(seen))))


@case
def joined_sequences(k):
    words = k.Input((4, 3))
    both = k.layers.Concatenate()([k.layers.LSTM(2, return_sequences=True)(words), words])
    return k.Model(words, k.layers.GRU(3)(both))


@case
def two_outputs(k):
    x = k.Input((4,))
    h = k.layers.Dense(5, activation="relu")(x)
    ends = [k.layers.Dense(3, activation="softmax", name="kind")(h), k.layers.Dense(1, name="size")(h)]
    return k.Model(x, ends)


# What is refused, and what the message names
refused("lambda", "(Lambda)", (4,), layer("Lambda", lambda x: x * 2), layer("Dense", 2))
refused("mask_zero", "mask_zero true", (4,), layer("Embedding", 5, 2, mask_zero=True), layer("LSTM", 2))
refused("masking", "(Masking)", (4, 2), layer("Masking"), layer("LSTM", 2))
refused("go_backwards", "go_backwards true", (4, 2), layer("LSTM", 2, go_backwards=True))
refused("lstm_relu", "activation \"relu\"", (4, 2), layer("LSTM", 2, activation="relu"))
refused("rnn_sigmoid", "activation \"sigmoid\"", (4, 2), layer("SimpleRNN", 2, activation="sigmoid"))
refused("gru_hard_gates", "recurrent_activation \"hard_sigmoid\"", (4, 2), layer("GRU", 2, recurrent_activation="hard_sigmoid"))
refused("gru_reset_before", "reset_after false", (4, 2), layer("GRU", 2, reset_after=False))
refused("channels_first", "data_format \"channels_first\"", (2, 4, 4), layer("ZeroPadding2D", data_format="channels_first"), *FLAT)
refused("flatten_channels_first", "data_format \"channels_first\"", (2, 4, 4), layer("Flatten", data_format="channels_first"), layer("Dense", 2))
refused("keepdims", "keepdims true", (4, 4, 2), layer("GlobalMaxPooling2D", keepdims=True), *FLAT)
refused("leaky_relu", "(LeakyReLU)", (4,), layer("LeakyReLU"), layer("Dense", 2))
refused("relu_slope", "negative_slope 0.1", (4,), layer("ReLU", negative_slope=0.1), layer("Dense", 2))
refused("relu_three", "max_value 3", (4,), layer("ReLU", max_value=3), layer("Dense", 2))
refused("elu_half", "alpha 0.5", (4,), layer("ELU", alpha=0.5), layer("Dense", 2))
refused("softmax_first_axis", "only the last one", (4, 3), layer("Softmax", axis=1), *FLAT)
refused("batch_norm_first_axis", "only the last one", (4, 3), layer("BatchNormalization", axis=1), *FLAT)
refused("dense_of_image", "[features] or [time, features]", (4, 3, 2), layer("Dense", 2), *FLAT)
refused("layer_norm_of_image", "[features] or [time, features]", (4, 3, 2), layer("LayerNormalization"), *FLAT)
refused("layer_norm_bare", "neither scale nor center", (5,), layer("LayerNormalization", scale=False, center=False), layer("Dense", 2))
refused("permute", "(Permute)", (4, 3), layer("Permute", (2, 1)), *FLAT)
refused("reshape_mixes", "mixes places and channels", (12,), layer("Reshape", (2, 3, 2)), *FLAT)
refused("reshape_of_flat", "whose numbers Keras has in another order", (2, 3, 2), layer("Flatten"), layer("Reshape", (3, 4)), layer("LSTM", 2))
refused("end_flat", "whose numbers Keras has in another order", (2, 3, 2), layer("Conv2D", 2, 1), layer("Flatten"))
refused("zero_padding_asymmetric", "the same on both sides", (4, 4, 2), layer("ZeroPadding2D", ((1, 0), (0, 0))), *FLAT)
refused("zero_padding1d_asymmetric", "the same on both sides", (4, 2), layer("ZeroPadding1D", (1, 0)), *FLAT)
refused("up_sampling_ragged", "the same for all dimensions", (3, 3, 2), layer("UpSampling2D", (2, 1)), *FLAT)
refused("up_sampling_bilinear", "interpolation \"bilinear\"", (3, 3, 2), layer("UpSampling2D", 2, interpolation="bilinear"), *FLAT)
refused("noise_shape", "noise_shape [null,1]", (4,), layer("Dropout", 0.2, noise_shape=(None, 1)), layer("Dense", 2))
refused("open_time", "no fixed size", (None, 3), layer("LSTM", 2))
refused("time_distributed_conv", "of Conv1D is not supported", (4, 3, 2), layer("TimeDistributed", keras.layers.Conv1D(2, 2)), *FLAT, **KERAS_3)
refused("bidirectional_average", "merge_mode ave", (4, 3), layer("Bidirectional", keras.layers.LSTM(2), merge_mode="ave"), *FLAT, **KERAS_3)
refused("bidirectional_multiplied", "merge_mode mul", (4, 3), layer("Bidirectional", tf_keras.layers.LSTM(2), merge_mode="mul"), *FLAT, **KERAS_2)
refused("half_precision", "dtype", (4,), layer("Dense", 3, dtype="mixed_float16"), layer("Dense", 2))
refused("leaky_string", "activation \"leaky_relu\"", (4,), layer("Dense", 3, activation="leaky_relu"), layer("Dense", 2), **KERAS_3)
refused("rms_scaling", "rms_scaling true", (4,), layer("LayerNormalization", rms_scaling=True), layer("Dense", 2), **KERAS_3)


def concatenate_time(k):
    words = k.Input((4, 3))
    both = k.layers.Concatenate(axis=1)([words, words])
    return k.Model(words, k.layers.LSTM(2)(both))


def bidirectional_backward(k):
    words = k.Input((4, 3))
    back = k.layers.LSTM(2, activation="relu", go_backwards=True)
    return k.Model(words, k.layers.Bidirectional(k.layers.LSTM(2), backward_layer=back)(words))


def bidirectional_unlike(k):
    words = k.Input((4, 3))
    back = k.layers.GRU(2, go_backwards=True)
    return k.Model(words, k.layers.Bidirectional(k.layers.LSTM(2), backward_layer=back)(words))


def both_directions(k):
    words = k.Input((4, 3))
    there, back = k.layers.Bidirectional(k.layers.LSTM(2), merge_mode=None)(words)
    return k.Model(words, k.layers.Add()([there, back]))


def shared(k):
    x = k.Input((4,))
    dense = k.layers.Dense(4)
    return k.Model(x, dense(dense(x)))


def in_training(k):
    x = k.Input((4,))
    return k.Model(x, k.layers.Dense(2)(k.layers.Dropout(0.5)(x, training=True)))


def state_given(k):
    words, h, c = k.Input((4, 3)), k.Input((2,)), k.Input((2,))
    return k.Model([words, h, c], k.layers.LSTM(2)(words, initial_state=[h, c]))


def state_given_to_keras2(k):
    return state_given(k)


def state_returned(k):
    words = k.Input((4, 3))
    return k.Model(words, k.layers.LSTM(2, return_state=True)(words)[1])


def read_output(k):
    x = k.Input((4,))
    first = k.layers.Dense(3, name="first")(x)
    return k.Model(x, [first, k.layers.Dense(2)(first)])


def read_twice(k):
    x = k.Input((4,))
    dense = k.layers.Dense(3, name="twice")(x)
    return k.Model(x, [dense, dense])


def nested(k):
    x = k.Input((4,))
    inside = k.Sequential([k.Input((4,)), k.layers.Dense(2)])
    return k.Model(x, k.layers.Dense(2)(inside(x)))


def flat_joined_in_another_order(k):
    image = k.Input((4, 3, 2))
    sum_ = k.layers.Add()([k.layers.Flatten()(image), k.layers.Dense(24)(k.layers.Flatten()(image))])
    return k.Model(image, k.layers.Dense(2)(sum_))


def times_two(k):
    x = k.Input((4,))
    return k.Model(x, k.layers.Dense(2)(x * 2.0))


def times_two_of_tensorflow(k):
    return times_two(k)


def own_layer(k):
    @k.saving.register_keras_serializable("mine")
    class Dense(k.layers.Dense):
        def call(self, inputs):
            return super().call(inputs) * 2

    x = k.Input((4,))
    return k.Model(x, k.layers.Dense(2)(Dense(3)(x)))


for build, expected, options in (
    (concatenate_time, "axis 1 is not supported", {}),
    (bidirectional_backward, "activation \"relu\"", {}),
    (bidirectional_unlike, "unlike the forward one", {}),
    (times_two_of_tensorflow, "(TFOpLambda)", KERAS_2),
    (both_directions, "merge_mode", {}),
    (shared, "used in several places", {}),
    (in_training, "called with training true", {}),
    (state_given, "is called with initial_state", KERAS_3),
    (state_given_to_keras2, "reads one layer", KERAS_2),
    (state_returned, "gives several values", {}),
    (read_output, "layer 'first' is an output and is read by another layer", {}),
    (read_twice, "layer 'twice' is named as an output twice", {}),
    (nested, "is not supported", {}),
    (flat_joined_in_another_order, "in another order", {}),
    (times_two, "is called with 2.0", KERAS_3),
    (own_layer, "mine>Dense", {}),
):
    build.expected = expected
    build.options = options
    REFUSED[build.__name__] = build


def randomise(model, random):
    values = []
    for weight in model.weights:
        name = getattr(weight, "path", weight.name)
        size = tuple(weight.shape)
        values.append(random.uniform(0.5, 1.5, size) if "variance" in name else random.normal(0, 0.5, size))
    model.set_weights(values)


def channels_first(values):
    values = np.asarray(values, np.float32)
    return np.moveaxis(values, -1, 1) if values.ndim > 3 else values


def numbers(values):
    return [float(f"{v:.7g}") for v in channels_first(values).reshape(-1)]


def answers(model, options, random):
    inputs, words = [], options.get("words")
    for tensor in model.inputs:
        shape = (EXAMPLES,) + tuple(tensor.shape)[1:]
        inputs.append(random.integers(0, words, shape) if words else random.normal(0, 1, shape))
    inputs = [x.astype(np.float32) for x in inputs]
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    if "shown" in options:  # the probabilities that the loss computes from what the layer gives
        outputs = [getattr(keras.activations, options["shown"])(y) for y in outputs]
    return [numbers(x) for x in inputs], [numbers(y) for y in outputs]


def saved(model, ending):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model" + ending)
        model.save(path)
        with open(path, "rb") as file:
            return file.read()


def main():
    entries, cases = {}, []
    for table in (CASES, REFUSED):
        for name, build in table.items():
            options = getattr(build, "options", {})
            for k in (tf_keras, keras):
                if options.get("only", k.__name__) != k.__name__:
                    continue
                k.utils.set_random_seed(1)
                random = np.random.default_rng(sum(map(ord, name)))
                model = build(k)
                randomise(model, random)
                if "loss" in options:
                    model.compile(loss=options["loss"](k), optimizer="sgd")
                row = {"name": f"{name}-{k.__name__}", "files": []}
                if table is CASES:
                    row["inputs"], row["outputs"] = answers(model, options, random)
                else:
                    row["refused"] = build.expected
                for ending in (".h5", ".keras") if k is keras and table is CASES else (".h5",):
                    row["files"].append(row["name"] + ending)
                    entries[row["files"][-1]] = saved(model, ending)
                cases.append(row)
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as zip_:
        zip_.writestr(zipfile.ZipInfo("cases.json"), json.dumps(cases))
        for name, content in entries.items():
            zip_.writestr(zipfile.ZipInfo(name), content)
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "keras-models.zip.gz"), "wb") as file:
        file.write(gzip.compress(plain.getvalue(), 9, mtime=0))
    print(len(cases), "models,", len(entries), "files")


main()
