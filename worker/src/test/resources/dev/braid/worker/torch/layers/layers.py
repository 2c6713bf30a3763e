"""Writes layers.json: what PyTorch computes with given weights, for LayerFixturesTest.

    python3 layers.py > layers.json      (torch 1.13)

What PyTorch has no module for (attention in its older forms, the LSTM with peepholes) is written out
with its tensors from the papers' formulas.
"""

import json
import math

import torch

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)


def numbers(tensor):
    return [round(float(v), 8) for v in tensor.detach().reshape(-1)]


CASES = []


def case(name, layers, inputs, lengths, params, output):
    """Outputs of ragged sequences are padded: what stands there is set to 0 by whoever compares."""
    CASES.append(
        {
            "name": name,
            "layers": layers,
            "inputs": {k: {"shape": list(v.shape[1:]), "values": numbers(v)} for k, v in inputs.items()},
            "lengths": lengths,
            "params": {k: numbers(v) for k, v in params.items()},
            "output": numbers(output),
        }
    )


def padding(lengths, time):
    return torch.tensor([[t >= n for t in range(time)] for n in lengths])


def later(time):
    return torch.ones(time, time).triu(1).bool()


def multi_head(name, heads, causal, lengths, kdim=None):
    width = 6
    module = torch.nn.MultiheadAttention(width, heads, batch_first=True, kdim=kdim, vdim=kdim)
    for p in module.parameters():
        torch.nn.init.normal_(p, std=0.5)
    q = torch.randn(3, 5, width)
    k = torch.randn(3, 5, kdim) if kdim else q
    y, _ = module(
        q, k, k,
        key_padding_mask=padding(lengths, 5),
        attn_mask=later(5) if causal else None,
        need_weights=False,
    )
    inputs = {"q": q, "k": k} if kdim else {"q": q}
    source = "from: ['q', 'k'], " if kdim else "from: 'q', "
    case(
        name,
        ["multiHeadAttention: {name: 'a', %sheads: %d, causal: %s}" % (source, heads, str(causal).lower())],
        inputs,
        {"q": lengths, "k": lengths} if kdim else {"q": lengths},
        {"a." + n: p for n, p in module.named_parameters()},
        y,
    )


multi_head("multiHead", 2, False, [5, 5, 5])
multi_head("multiHead, padded", 3, False, [5, 2, 4])
multi_head("multiHead, causal", 2, True, [5, 3, 4])
multi_head("multiHead, other keys", 2, False, [3, 5, 1], kdim=4)


def attention(name, score, settings, params, causal=False, lengths=(4, 2, 3)):
    q, k, v = torch.randn(3, 4, 3), torch.randn(3, 4, 5 if params else 3), torch.randn(3, 4, 2)
    params = {n: torch.randn(*s) for n, s in params.items()}
    scores = score(q, k, params).masked_fill(padding(lengths, 4).unsqueeze(1), -math.inf)
    if causal:
        scores = scores.masked_fill(later(4), -math.inf)
    y = torch.softmax(scores, -1) @ v
    case(
        name,
        ["attention: {name: 'a', from: ['q', 'k', 'v'], %s}" % settings],
        {"q": q, "k": k, "v": v},
        {n: list(lengths) for n in "qkv"},
        {"a." + n: p for n, p in params.items()},
        y,
    )


attention("dot", lambda q, k, p: q @ k.transpose(1, 2), "score: 'dot'", {})
attention("scaledDot", lambda q, k, p: q @ k.transpose(1, 2) / math.sqrt(3), "score: 'scaledDot', causal: true", {}, True)
attention("general", lambda q, k, p: q @ p["weight"] @ k.transpose(1, 2), "score: 'general'", {"weight": (3, 5)})
attention(
    "additive",
    lambda q, k, p: (
        torch.tanh((q @ p["query_weight"].t()).unsqueeze(2) + (k @ p["key_weight"].t()).unsqueeze(1))
        @ p["score_weight"].t()
    ).squeeze(3),
    "score: 'additive', units: 4",
    {"query_weight": (4, 3), "key_weight": (4, 5), "score_weight": (1, 4)},
)

x = torch.randn(2, 6, 4)
w = {"weight": torch.randn(3, 4), "bias": torch.randn(3), "score_weight": torch.randn(1, 3)}
scores = (torch.tanh(x @ w["weight"].t() + w["bias"]) @ w["score_weight"].t()).squeeze(2)
share = torch.softmax(scores.masked_fill(padding([6, 3], 6), -math.inf), 1)
case(
    "attentionPooling",
    ["attentionPooling: {name: 'a', units: 3}"],
    {"x": x},
    {"x": [6, 3]},
    {"a." + n: p for n, p in w.items()},
    (share.unsqueeze(2) * x).sum(1),
)

angles = torch.arange(6.0).unsqueeze(1) / 10000 ** (torch.arange(0, 4, 2) / 4)
code = torch.stack([torch.sin(angles), torch.cos(angles)], 2).reshape(6, 4)
case("positionalEncoding", ["positionalEncoding: {}"], {"x": x}, {"x": [6, 6]}, {}, x + code)

units = 3
lstm = {
    "weight_ih_l0": torch.randn(4 * units, 4),
    "weight_hh_l0": torch.randn(4 * units, units),
    "bias_ih_l0": torch.randn(4 * units),
    "bias_hh_l0": torch.randn(4 * units),
    "weight_peephole_l0": torch.randn(3 * units),
}
h, c, steps = torch.zeros(2, units), torch.zeros(2, units), []
to_input, to_forget, to_output = lstm["weight_peephole_l0"].chunk(3)
for t in range(6):
    sums = x[:, t] @ lstm["weight_ih_l0"].t() + h @ lstm["weight_hh_l0"].t() + lstm["bias_ih_l0"] + lstm["bias_hh_l0"]
    i, f, g, o = sums.chunk(4, 1)
    i, f = torch.sigmoid(i + to_input * c), torch.sigmoid(f + to_forget * c)
    c = f * c + i * torch.tanh(g)
    h = torch.sigmoid(o + to_output * c) * torch.tanh(c)
    steps.append(h)
case(
    "lstm with peepholes",
    ["lstm: {name: 'a', units: 3, peepholes: true}"],
    {"x": x},
    {"x": [6, 6]},
    {"a." + n: p for n, p in lstm.items()},
    torch.stack(steps, 1),
)


def packed(name, kind, module, both):
    """A recurrent module on packed sequences: PyTorch's own way of leaving padding out."""
    lengths = [6, 2]
    for p in module.parameters():
        torch.nn.init.normal_(p, std=0.5)
    y, _ = module(torch.nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True))
    y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
    layer = "%s: {units: 3}" % kind
    case(
        name,
        ["bidirectional: {name: 'a', layer: {%s}}" % layer if both else layer.replace("{", "{name: 'a', ")],
        {"x": x},
        {"x": lengths},
        {"a." + n: p for n, p in module.named_parameters()},
        y,
    )


for kind, module in [("simpleRnn", torch.nn.RNN), ("gru", torch.nn.GRU), ("lstm", torch.nn.LSTM)]:
    packed(kind + ", packed", kind, module(4, 3, batch_first=True), False)
    packed(kind + ", both ways, packed", kind, module(4, 3, batch_first=True, bidirectional=True), True)

print("[" + ",\n".join(json.dumps(each) for each in CASES) + "]")
