// Values under the pointer, smoothing and a logarithmic scale for the charts of a report. Without a
// script the charts are there as they were drawn. The settings stand behind the page's '#', so that
// a link keeps them.
'use strict';
(() => {
  const NS = 'http://www.w3.org/2000/svg';
  const charts = [...document.querySelectorAll('figure.chart')].map(read);
  const controls = document.querySelector('.controls');
  const wanted = new URLSearchParams(location.hash.slice(1));

  controls.hidden = false;
  controls.smooth.value = wanted.get('smooth') || 0;
  controls.log.checked = wanted.has('log');
  controls.addEventListener('input', () => {
    const state = new URLSearchParams();
    if (+controls.smooth.value > 0) state.set('smooth', controls.smooth.value);
    if (controls.log.checked) state.set('log', '1');
    history.replaceState(null, '', '#' + state);
    charts.forEach(draw);
  });
  controls.addEventListener('submit', event => event.preventDefault());
  if (controls.log.checked || +controls.smooth.value > 0) charts.forEach(draw);
  charts.forEach(listen);
  const at = wanted.get('at'); // an epoch whose values are to be shown
  if (at !== null) charts.forEach(chart => show(chart, +at));

  function read(figure) {
    const svg = figure.querySelector('svg');
    const [left, right, top, bottom, maxX] = svg.dataset.plot.split(' ').map(Number);
    return {figure, svg, left, right, top, bottom, maxX, curves: JSON.parse(figure.dataset.curves)};
  }

  function element(parent, name, attributes, text) {
    const made = document.createElementNS(NS, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    return parent.appendChild(made);
  }

  function format(value) {
    const size = Math.abs(value);
    if (value === 0) return '0';
    if (size < 1e-4 || size >= 1e9) return value.toExponential(3).replace(/\.?0+e\+?/, 'e');
    if (size >= 1e6) return +(value / 1e6).toPrecision(4) + ' M';
    if (size >= 1e4) return +(value / 1e3).toPrecision(4) + ' k';
    return String(+value.toPrecision(4));
  }

  // The exponentially weighted mean of the values so far, without the pull of its start.
  function smoothed(values, weight) {
    let sum = 0, weights = 0;
    return values.map(value => {
      sum = weight * sum + (1 - weight) * value;
      weights = weight * weights + (1 - weight);
      return sum / weights;
    });
  }

  // Round numbers that enclose a range; on a long logarithmic scale powers of ten.
  function ticks(low, high, log) {
    const values = [];
    if (log) {
      const round = [];
      for (let e = Math.floor(Math.log10(low) + 1e-9); e <= Math.ceil(Math.log10(high)); e++) {
        round.push(10 ** e, 2 * 10 ** e, 5 * 10 ** e);
      }
      const first = round.filter(value => value <= low * (1 + 1e-9)).length - 1;
      const last = Math.max(round.findIndex(value => value >= high * (1 - 1e-9)), first + 1);
      const within = round.slice(first, last + 1);
      const inner = (value, i) => i === 0 || i === within.length - 1 || Number.isInteger(
          Math.round(1e9 * Math.log10(value)) / 1e9);
      return within.length > 7 ? within.filter(inner) : within;
    }
    if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
    const power = 10 ** Math.floor(Math.log10((high - low) / 5));
    const step = power * [1, 2, 5, 10].find(factor => (high - low) / (factor * power) <= 5);
    for (let i = Math.floor(low / step + 1e-9); ; i++) {
      values.push(i * step);
      if (values.length > 1 && i * step >= high - step * 1e-9) return values;
    }
  }

  function draw(chart) {
    const weight = +controls.smooth.value;
    const all = chart.curves.flatMap(curve => [...(curve.min || curve.y), ...(curve.max || curve.y)]);
    const log = controls.log.checked && all.every(value => value > 0);
    const marks = ticks(Math.min(...all), Math.max(...all), log);
    const scale = log ? Math.log10 : value => value;
    const [first, last] = [scale(marks[0]), scale(marks[marks.length - 1])];
    const x = value => chart.left + (chart.right - chart.left) * value / chart.maxX;
    const y = value =>
        chart.bottom - (chart.bottom - chart.top) * (scale(value) - first) / (last - first);
    const ys = chart.svg.querySelector('.ys'), lines = chart.svg.querySelector('.curves');
    ys.replaceChildren();
    lines.replaceChildren();
    const every = Math.ceil(marks.length / 8);
    marks.filter((mark, i) => i % every === 0).forEach(mark => {
      element(ys, 'line', {class: 'grid', x1: chart.left, x2: chart.right, y1: y(mark), y2: y(mark)});
      element(ys, 'text', {'text-anchor': 'end', x: chart.left - 8, y: y(mark) + 4}, format(mark));
    });
    chart.curves.forEach((curve, i) => {
      const color = 'c' + i % 8;
      const path = values => 'M' + values.map((v, k) => x(curve.x[k]) + ',' + y(v)).join('L');
      const smooth = weight > 0 && !curve.dots && curve.y.length > 1;
      if (curve.min) {
        const back = curve.min.map((v, k) => x(curve.x[k]) + ',' + y(v)).reverse().join('L');
        element(lines, 'path', {class: 'band ' + color, d: path(curve.max) + 'L' + back + 'Z'});
      }
      element(lines, 'path', {class: 'line ' + color + (smooth ? ' raw' : ''), d: path(curve.y)});
      if (smooth) {
        element(lines, 'path', {class: 'line ' + color, d: path(smoothed(curve.y, weight))});
      }
      if (curve.dots || curve.y.length === 1) {
        curve.y.forEach((v, k) =>
            element(lines, 'circle', {class: 'dot ' + color, cx: x(curve.x[k]), cy: y(v), r: 3}));
      }
    });
  }

  function listen(chart) {
    chart.svg.addEventListener('pointermove', event => {
      const box = chart.svg.getBoundingClientRect();
      const units = (event.clientX - box.left) * chart.svg.viewBox.baseVal.width / box.width;
      show(chart, (units - chart.left) / (chart.right - chart.left) * chart.maxX);
    });
    chart.svg.addEventListener('pointerleave', () => hide(chart));
  }

  function hide(chart) {
    chart.svg.querySelectorAll('.pointer').forEach(old => old.remove());
    chart.figure.querySelectorAll('.tip').forEach(old => old.remove());
  }

  // Each curve's value nearest to a place, in a small box beside it.
  function show(chart, place) {
    hide(chart);
    const nearest = curve => curve.x.reduce(
        (best, v, k) => Math.abs(v - place) < Math.abs(curve.x[best] - place) ? k : best, 0);
    const at = chart.curves.map(nearest);
    const closest = chart.curves.map((curve, i) => curve.x[at[i]]).reduce(
        (best, v) => Math.abs(v - place) < Math.abs(best - place) ? v : best);
    const x = chart.left + (chart.right - chart.left) * closest / chart.maxX;
    element(chart.svg, 'line', {class: 'pointer', x1: x, x2: x, y1: chart.top, y2: chart.bottom});
    const tip = document.createElement('div');
    tip.className = 'tip';
    const head = document.createElement('b');
    head.textContent = 'epoch ' + format(closest);
    tip.append(head);
    chart.curves.forEach((curve, i) => {
      const line = document.createElement('span'), color = document.createElement('i');
      color.className = 'c' + i % 8;
      const span = curve.min && curve.min[at[i]] !== curve.max[at[i]]
          ? ` (${format(curve.min[at[i]])} to ${format(curve.max[at[i]])})` : '';
      line.append(color, curve.name + ' ' + format(curve.y[at[i]]) + span);
      tip.append(line);
    });
    const width = chart.svg.viewBox.baseVal.width;
    tip.style[x > width / 2 ? 'right' : 'left'] =
        `calc(${100 * (x > width / 2 ? width - x : x) / width}% + 12px)`;
    chart.figure.append(tip);
  }
})();
