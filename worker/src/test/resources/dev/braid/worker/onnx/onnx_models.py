"""Makes onnx-models.zip: small ONNX files of the kinds that users bring.

    python onnx_models.py            (needs onnx and numpy)

All but two compute x W, x of four numbers and W = [[1, 10, 100], [2, 20, 200], ...]; they differ in
types, outputs and dimensions.
"""

import os
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = np.outer(np.arange(1, 5), [1, 10, 100]).astype(np.float32)


def model(nodes, inputs, outputs, weights=()):
    graph = helper.make_graph(nodes, "g", inputs, outputs, [numpy_helper.from_array(w, n) for n, w in weights])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)])
    made.ir_version = 8
    return made


def value(name, type_, *shape):
    return helper.make_tensor_value_info(name, type_, shape)


def product(type_, numpy_type):
    """x W with x of a type that is not float."""
    nodes = [helper.make_node("Cast", ["x"], ["f"], to=TensorProto.FLOAT), helper.make_node("MatMul", ["f", "w"], ["y"])]
    if type_ == TensorProto.DOUBLE:
        nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    out = TensorProto.DOUBLE if type_ == TensorProto.DOUBLE else TensorProto.FLOAT
    return model(nodes, [value("x", type_, "N", 4)], [value("y", out, "N", 3)], [("w", WEIGHTS.astype(numpy_type))])


def one(node, *output, batch="N", **attributes):
    """x W, and what a node makes of it."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node(node, ["p"], ["y"], **attributes)]
    return model(nodes, [value("x", TensorProto.FLOAT, batch, 4)], [value("y", TensorProto.FLOAT, *output)], [("w", WEIGHTS)])


def label_first():
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["p"]),
        helper.make_node("ArgMax", ["p"], ["label"], axis=1, keepdims=0),
    ]
    outputs = [value("label", TensorProto.INT64, "N"), value("p", TensorProto.FLOAT, "N", 3)]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 4)], outputs, [("w", WEIGHTS)])


def zip_map():
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["p"]),
        helper.make_node("ZipMap", ["p"], ["maps"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2]),
    ]
    maps = helper.make_value_info(
        "maps",
        helper.make_sequence_type_proto(
            helper.make_map_type_proto(TensorProto.INT64, helper.make_tensor_type_proto(TensorProto.FLOAT, []))
        ),
    )
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 4)], [maps], [("w", WEIGHTS)])


def external():
    made = one("Identity", "N", 3)
    onnx.external_data_helper.convert_model_to_external_data(made, location="weights.data", size_threshold=0)
    made.graph.initializer[0].ClearField("raw_data")
    return made


def flattened():
    """All rows' answers in one: the exporter has written a batch of one into the graph."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("Reshape", ["p", "s"], ["y"])]
    weights = [("w", WEIGHTS), ("s", np.array([1, -1]))]
    return model(nodes, [value("x", TensorProto.FLOAT, "N", 4)], [value("y", TensorProto.FLOAT, "A", "B")], weights)


def open_rank():
    """The file does not say how many dimensions x has."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, None)]
    return model(nodes, inputs, [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], [("w", WEIGHTS)])


MODELS = {
    "float.onnx": one("Identity", "N", 3),
    "int64.onnx": product(TensorProto.INT64, np.float32),
    "int32.onnx": product(TensorProto.INT32, np.float32),
    "double.onnx": product(TensorProto.DOUBLE, np.float64),
    "bool.onnx": product(TensorProto.BOOL, np.float32),
    "label-first.onnx": label_first(),
    "zip-map.onnx": zip_map(),
    "external.onnx": external(),
    "transposed.onnx": one("Transpose", 3, "N", perm=[1, 0]),
    "transposed-open.onnx": one("Transpose", "A", "B", perm=[1, 0]),
    "mean.onnx": one("ReduceMean", axes=[0, 1], keepdims=0),
    "flattened.onnx": flattened(),
    "fixed-transposed.onnx": one("Transpose", 3, 5, batch=5, perm=[1, 0]),
    "fixed.onnx": one("Identity", 5, 3, batch=5),
    "open-rank.onnx": open_rank(),
}

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "onnx-models.zip")
with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
    for name, made in MODELS.items():
        file.writestr(zipfile.ZipInfo(name), made.SerializeToString())
