/** TorchScript: PyTorch's modules, read from their files, trained, applied and written again. */
package dev.braid.worker.torch.script;
