/** ONNX files, applied by ONNX Runtime. */
package dev.braid.worker.onnx;
