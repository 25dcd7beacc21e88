// A QR code, drawn in the browser: a consent link ends in a key that no server may see.
// ISO/IEC 18004, byte mode, error correction L, versions 1 to 9, always mask 0 (readers accept any mask).
const DATA = [19, 34, 55, 80, 108, 136, 156, 194, 232]; // data codewords by version
const CHECK = [7, 10, 15, 20, 26, 18, 20, 24, 30]; // check codewords of each block
const BLOCKS = [1, 1, 1, 1, 1, 2, 2, 2, 2];
const ALIGNED = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46]];
const FORMAT = remainder(0b01000, 0b10100110111, 10, 0x5412); // level L, mask 0

function remainder(value, generator, bits, mask = 0) {
  let rest = value << bits;
  for (let bit = 31 - Math.clz32(rest); bit >= bits; bit--) if ((rest >> bit) & 1) rest ^= generator << (bit - bits);
  return ((value << bits) | rest) ^ mask;
}

const POWER = [1];
for (let i = 1; i < 255; i++) POWER.push((POWER[i - 1] << 1) ^ (POWER[i - 1] > 127 ? 0x11d : 0));
const LOG = Object.fromEntries(POWER.map((value, exponent) => [value, exponent]));
const times = (a, b) => (a && b ? POWER[(LOG[a] + LOG[b]) % 255] : 0);

function checkWords(data, count) {
  let generator = [1];
  for (let i = 0; i < count; i++) {
    generator = [...generator, 0].map((value, place) => value ^ times(generator[place - 1] ?? 0, POWER[i]));
  }
  const rest = [...data, ...new Array(count).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const lead = rest[i];
    generator.forEach((value, place) => { rest[i + place] ^= times(value, lead); });
  }
  return rest.slice(data.length);
}

function codewords(bytes, version) {
  const bits = [4, ...split(bytes.length, 8)].flatMap((value, i) => (i ? [value] : split(value, 4)));
  for (const byte of bytes) bits.push(...split(byte, 8));
  bits.push(...new Array(Math.min(4, DATA[version] * 8 - bits.length)).fill(0));
  while (bits.length % 8) bits.push(0);
  const words = [];
  for (let i = 0; i < bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  for (let pad = 0; words.length < DATA[version]; pad++) words.push(pad % 2 ? 0x11 : 0xec);
  const size = DATA[version] / BLOCKS[version];
  const blocks = Array.from({ length: BLOCKS[version] }, (_, i) => words.slice(i * size, (i + 1) * size));
  const checks = blocks.map((block) => checkWords(block, CHECK[version]));
  const woven = (rows) => rows[0].flatMap((_, place) => rows.map((row) => row[place]));
  return [...woven(blocks), ...woven(checks)];
}

const split = (value, width) => Array.from({ length: width }, (_, i) => (value >> (width - 1 - i)) & 1);

// Rows of 0 and 1 (dark), without the quiet zone.
export function qrMatrix(text) {
  const bytes = new TextEncoder().encode(text);
  const version = DATA.findIndex((capacity) => bytes.length + 2 <= capacity);
  if (version < 0) throw new RangeError(`${bytes.length} bytes are too many for this QR code`);
  const size = 21 + 4 * version;
  const cells = Array.from({ length: size }, () => new Array(size).fill(null));
  drawFixed(cells, size, version);
  const bits = codewords(bytes, version).flatMap((word) => split(word, 8));
  let next = 0;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5; // the timing column holds no data
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const row = upward ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (cells[row][column] === null) cells[row][column] = (bits[next++] ?? 0) ^ ((row + column) % 2 === 0 ? 1 : 0);
      }
    }
  }
  return cells;
}

function drawFixed(cells, size, version) {
  const square = (row, column, radius, dark) => {
    for (let r = -radius; r <= radius; r++) {
      for (let c = -radius; c <= radius; c++) {
        if (cells[row + r]?.[column + c] !== undefined) cells[row + r][column + c] = dark(Math.max(Math.abs(r), Math.abs(c)));
      }
    }
  };
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]]) square(row, column, 4, (d) => Number(d !== 2 && d !== 4));
  for (let i = 8; i < size - 8; i++) cells[6][i] = cells[i][6] = Number(i % 2 === 0);
  const places = ALIGNED[version];
  const last = places.length - 1;
  places.forEach((row, i) => places.forEach((column, j) => {
    const corner = (i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0);
    if (!corner) square(row, column, 2, (d) => Number(d !== 1));
  }));
  for (let i = 0; i < 15; i++) {
    const bit = (FORMAT >> i) & 1;
    cells[i < 6 ? i : i < 8 ? i + 1 : size - 15 + i][8] = bit;
    cells[8][i < 8 ? size - 1 - i : i < 9 ? 7 : 14 - i] = bit;
  }
  cells[size - 8][8] = 1;
  if (version < 6) return;
  const stamp = remainder(version + 1, 0b1111100100101, 12);
  for (let i = 0; i < 18; i++) {
    const [near, far] = [Math.floor(i / 3), size - 11 + (i % 3)];
    cells[near][far] = cells[far][near] = (stamp >> i) & 1;
  }
}

// An <svg> with a quiet zone of four; `label` says what it is to those who cannot see it.
export function qrSvg(text, label) {
  const cells = qrMatrix(text);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `-4 -4 ${cells.length + 8} ${cells.length + 8}`);
  svg.setAttribute("class", "qr");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", cells.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join(""));
  svg.append(path);
  return svg;
}
