// Makes a small multimodal sample: 340 questions, of which most show a picture that is drawn here, the recorded outcomes of a model that
// sees and of one that does not, and a CLIP-like encoder of two untrained towers (words as random signs, pictures as 16 × 16 colours).
//   npm run build && node scripts/make-images-sample.js FOLDER [SEED]
// then: cd FOLDER && vsr train --router autorouter --embedding-path clip && vsr infer --query "…" --image images/chart-0.png
// A picture decides where the words do not: of the digits, all asked with one sentence, half lie under noise that nobody reads.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { ATTRIBUTE_INT, ATTRIBUTE_INTS, FLOAT, INT64, modelProto } from '../dist/inference/onnx/onnx-schema.js';
import { seededRandom } from '../dist/math/random.js';

const SIDE = 64;
const POOLED = 16;
const WORD_WIDTH = 256;
const WIDTH = 3 * POOLED * POOLED;
/** Share of the cells that are flipped, so that no rule is without exception. */
const FLIPPED = 0.03;
const DIGITS_QUESTION = 'Which digit is shown in the picture?';
const THINGS = [
  'a triangle',
  'water',
  'seven',
  'a week',
  'the moon',
  'an apple',
  'a spider',
  'winter',
  'bread',
  'a river',
];

const TEXT = [
  (thing) => `What do you know about ${thing}?`,
  (thing) => `Explain ${thing} to a child.`,
  (thing) => `Write one short sentence about ${thing}.`,
  (thing) => `Give a synonym that fits ${thing}.`,
  (thing) => `Why do people talk about ${thing}?`,
  (thing) => `Translate ${thing} into French.`,
  (thing) => `Name two words that rhyme with ${thing}.`,
  (thing) => `What is ${thing} good for?`,
];
const CHARTS = [
  'Which bar of the chart is the highest?',
  'How many bars does the chart have?',
  'Is the first bar higher than the last one?',
  'What is the colour of the lowest bar in the chart?',
];
const CIRCLES = [
  'How many circles are drawn?',
  'Which circle is the largest?',
  'Do two of the circles touch?',
  'What is the colour of the biggest circle?',
];

/** Rows of each kind, what is asked, what is shown, and who is right: [seeing, blind]. */
const KINDS = [
  { kind: 'text', rows: 80, ask: textQuestion, right: () => [1, 1] },
  { kind: 'chart', rows: 60, ask: (i) => CHARTS[i % CHARTS.length], draw: chart, right: () => [1, 0] },
  { kind: 'circles', rows: 60, ask: (i) => CIRCLES[i % CIRCLES.length], draw: circles, right: () => [1, 0] },
  {
    kind: 'digit',
    rows: 80,
    ask: () => DIGITS_QUESTION,
    draw: digit,
    noisy: (i) => i % 2 === 1,
    right: (i) => [(i + 1) % 2, 0],
  },
  {
    kind: 'irrelevant',
    rows: 60,
    ask: (i) => `Ignore the picture. ${textQuestion(i)}`,
    draw: landscape,
    right: () => [1, 1],
  },
];

/** Each of the 80 once. */
function textQuestion(i) {
  return TEXT[i % TEXT.length](THINGS[Math.floor(i / TEXT.length) % THINGS.length]);
}

/** Writes outcomes.jsonl, models.json, images/ and clip/; returns the rows. */
export async function makeSample(folder, seed) {
  mkdirSync(join(folder, 'images'), { recursive: true });
  const random = seededRandom(seed);
  const rows = [];
  for (const { kind, rows: count, ask, draw, noisy, right } of KINDS) {
    const own = random.fork(kind);
    for (let i = 0; i < count; i++) {
      const name = `${kind}-${i}`;
      const image = draw && `images/${name}.png`;
      if (draw)
        await picture(
          join(folder, image),
          draw(own.fork(`drawing ${i}`)),
          noisy?.(i) ? own.fork(`noise ${i}`) : undefined,
        );
      const [seeing, blind] = right(i).map((quality) => (own.uniform() < FLIPPED ? 1 - quality : quality));
      rows.push({
        id: name,
        query: ask(i),
        task_name: noisy?.(i) ? 'noisy digit' : kind,
        ...(image && { images: [image] }),
        outcomes: { seeing: { quality: seeing, cost: 1 }, blind: { quality: blind, cost: 0.1 } },
      });
    }
  }
  const shuffled = random.fork('order').shuffle(rows);
  shuffled.forEach((row, i) => {
    row.split = i % 4 === 0 ? 'test' : i % 4 === 1 && i % 8 === 1 ? 'validation' : 'train';
  });
  writeFileSync(join(folder, 'outcomes.jsonl'), shuffled.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeTowers(
    join(folder, 'clip'),
    rows.map(({ query }) => query),
  );
  return shuffled;
}

async function picture(path, svg, noise) {
  const image = sharp(
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}">${svg}</svg>`),
  );
  if (!noise) return image.removeAlpha().png().toFile(path);
  const pixels = await image.removeAlpha().raw().toBuffer();
  const mixed = pixels.map((value) => Math.round(0.15 * value + 0.85 * 255 * noise.uniform()));
  return sharp(mixed, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toFile(path);
}

function background(random, lightest = 200) {
  const [r, g, b] = Array.from({ length: 3 }, () => lightest + random.int(256 - lightest));
  return `<rect width="${SIDE}" height="${SIDE}" fill="rgb(${r},${g},${b})"/>`;
}

const colour = (random) => `hsl(${random.int(360)},80%,45%)`;

function chart(random) {
  const bars = 3 + random.int(4);
  const width = SIDE / bars;
  const drawn = Array.from({ length: bars }, (_, i) => {
    const height = 8 + random.int(SIDE - 12);
    return `<rect x="${i * width + 1}" y="${SIDE - height}" width="${width - 2}" height="${height}" fill="${colour(random)}"/>`;
  });
  return background(random) + drawn.join('');
}

function circles(random) {
  const drawn = Array.from({ length: 1 + random.int(5) }, () => {
    const at = () => 8 + random.int(SIDE - 16);
    return `<circle cx="${at()}" cy="${at()}" r="${4 + random.int(10)}" fill="${colour(random)}"/>`;
  });
  return background(random) + drawn.join('');
}

/** Which of the seven segments a digit lights: top, upper left, upper right, middle, lower left, lower right, bottom. */
const SEGMENTS = [
  '1110111',
  '0010010',
  '1011101',
  '1011011',
  '0111010',
  '1101011',
  '1101111',
  '1010010',
  '1111111',
  '1111011',
];
const PLACES = [
  [18, 8, 28, 5],
  [14, 10, 5, 20],
  [45, 10, 5, 20],
  [18, 29, 28, 5],
  [14, 33, 5, 20],
  [45, 33, 5, 20],
  [18, 51, 28, 5],
];

function digit(random) {
  const lit = SEGMENTS[random.int(10)];
  const drawn = PLACES.filter((_, i) => lit[i] === '1').map(
    ([x, y, width, height]) => `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="rgb(30,30,60)"/>`,
  );
  return background(random, 225) + drawn.join('');
}

function landscape(random) {
  const y = 25 + random.int(20);
  const hill = `<polygon points="0,${SIDE} ${random.int(SIDE)},${y - 15} ${SIDE},${SIDE}" fill="hsl(${90 + random.int(60)},50%,30%)"/>`;
  return `<rect width="${SIDE}" height="${SIDE}" fill="hsl(${190 + random.int(40)},70%,60%)"/><rect y="${y}" width="${SIDE}" height="${SIDE - y}" fill="hsl(${60 + random.int(60)},60%,40%)"/>${hill}`;
}

/** text_model.onnx and vision_model.onnx in CLIP's form; nothing in them is trained. */
async function writeTowers(folder, texts) {
  mkdirSync(folder, { recursive: true });
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
  const words = [...new Set(texts.flatMap((text) => text.toLowerCase().match(/\p{L}+|[^\p{L}\s]/gu)))].sort();
  const vocabulary = [...special, ...words];
  const table = new Float32Array(vocabulary.length * WIDTH);
  words.forEach((word, i) => {
    const signs = seededRandom(1).fork(word);
    for (let d = 0; d < WORD_WIDTH; d++) table[(special.length + i) * WIDTH + d] = signs.uniform() < 0.5 ? -1 : 1;
  });
  const numbers = (...values) => ({ shape: [values.length], data: BigInt64Array.from(values, BigInt), type: INT64 });
  const ids = { type: INT64, shape: ['batch', 'sequence'] };
  await writeModel(join(folder, 'text_model.onnx'), {
    inputs: { input_ids: ids, attention_mask: ids },
    constants: {
      table: { shape: [vocabulary.length, WIDTH], data: table, type: FLOAT },
      last: numbers(2),
      middle: numbers(1),
    },
    nodes: [
      ['Gather', ['table', 'input_ids'], 'gathered'],
      ['Cast', ['attention_mask'], 'mask', { to: FLOAT }],
      ['Unsqueeze', ['mask', 'last'], 'column'],
      ['Mul', ['gathered', 'column'], 'masked'],
      ['ReduceSum', ['masked', 'middle'], 'text_embeds', { keepdims: 0 }],
    ],
    output: { name: 'text_embeds', shape: ['batch', WIDTH] },
  });
  const step = 224 / POOLED;
  await writeModel(join(folder, 'vision_model.onnx'), {
    inputs: { pixel_values: { type: FLOAT, shape: ['batch', 3, 224, 224] } },
    constants: {},
    nodes: [
      ['AveragePool', ['pixel_values'], 'pooled', { kernel_shape: [step, step], strides: [step, step] }],
      ['Flatten', ['pooled'], 'image_embeds', { axis: 1 }],
    ],
    output: { name: 'image_embeds', shape: ['batch', WIDTH] },
  });
  const json = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));
  json('config.json', { model_type: 'clip', pad_token_id: 0 });
  json('tokenizer_config.json', {});
  json('tokenizer.json', tokenizer(vocabulary, special));
}

function tokenizer(vocabulary, special) {
  const idOf = (token) => vocabulary.indexOf(token);
  const framed = (token) => ({ id: token, ids: [idOf(token)], tokens: [token] });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '[CLS]', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '[SEP]', type_id: 0 } },
      ],
      pair: [],
      special_tokens: { '[CLS]': framed('[CLS]'), '[SEP]': framed('[SEP]') },
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
  };
}

async function writeModel(path, { inputs, constants, nodes, output }) {
  const type = await modelProto();
  const port = (name, { type: elemType = FLOAT, shape }) => ({
    name,
    type: {
      tensorType: {
        elemType,
        shape: { dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })) },
      },
    },
  });
  const attribute = ([name, value]) =>
    Array.isArray(value) ? { name, ints: value, type: ATTRIBUTE_INTS } : { name, i: value, type: ATTRIBUTE_INT };
  const model = {
    irVersion: 8,
    producerName: 'vsr',
    opsetImport: [{ version: 17 }],
    graph: {
      name: 'tower',
      node: nodes.map(([opType, input, out, attributes = {}]) => ({
        opType,
        input,
        output: [out],
        attribute: Object.entries(attributes).map(attribute),
      })),
      initializer: Object.entries(constants).map(([name, { shape, data, type: dataType }]) => ({
        name,
        dims: shape,
        dataType,
        rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
      input: Object.entries(inputs).map(([name, given]) => port(name, given)),
      output: [port(output.name, output)],
    },
  };
  writeFileSync(path, type.encode(type.fromObject(model)).finish());
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder, seed = '1'] = process.argv.slice(2);
  if (!folder) {
    console.error('Name the folder that the sample goes to.');
    process.exit(2);
  }
  const rows = await makeSample(folder, Number(seed));
  console.log(`${folder}: ${rows.length} questions, ${rows.filter(({ images }) => images).length} with a picture`);
}
