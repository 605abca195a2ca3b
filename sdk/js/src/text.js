// UTF-8, for an engine without `TextEncoder` and `TextDecoder`.

/** The bytes of a text; what is no whole character becomes U+FFFD. */
export function utf8(text) {
  const bytes = [];
  for (const character of text) {
    let code = character.codePointAt(0);
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), tail(code));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), tail(code >> 6), tail(code));
    else bytes.push(0xf0 | (code >> 18), tail(code >> 12), tail(code >> 6), tail(code));
  }
  return new Uint8Array(bytes);
}

const tail = (code) => 0x80 | (code & 0x3f);

export class TextEncoder {
  get encoding() {
    return "utf-8";
  }

  encode(text = "") {
    return utf8(String(text));
  }
}

/** How many bytes follow, and the least code that so many bytes are for; none if the byte begins nothing. */
function lead(byte) {
  if (byte >= 0xc2 && byte < 0xe0) return { more: 1, bits: byte & 0x1f, least: 0x80 };
  if (byte >= 0xe0 && byte < 0xf0) return { more: 2, bits: byte & 0x0f, least: 0x800 };
  if (byte >= 0xf0 && byte < 0xf5) return { more: 3, bits: byte & 0x07, least: 0x10000 };
  return null;
}

/** The code that begins there and behind which byte it ends; the code is none if there is no whole one. */
function decodeAt(bytes, at) {
  const byte = bytes[at];
  if (byte < 0x80) return [byte, at + 1];
  const begun = lead(byte);
  if (begun === null) return [null, at + 1];
  let code = begun.bits;
  let end = at + 1;
  for (; end <= at + begun.more; end += 1) {
    if (end >= bytes.length || (bytes[end] & 0xc0) !== 0x80) return [null, end];
    code = (code << 6) | (bytes[end] & 0x3f);
  }
  const whole = code >= begun.least && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return [whole ? code : null, end];
}

/** Of UTF-8 alone, and of whole texts. */
export class TextDecoder {
  constructor(label = "utf-8", { fatal = false, ignoreBOM = false } = {}) {
    if (!/^\s*(unicode-1-1-)?utf-?8\s*$/i.test(label)) throw new RangeError(`the encoding ${label} is not known here`);
    Object.assign(this, { encoding: "utf-8", fatal, ignoreBOM });
  }

  decode(input = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(input)
      ? new Uint8Array(input.buffer, input.byteOffset, input.byteLength)
      : new Uint8Array(input);
    const characters = [];
    for (let at = 0; at < bytes.length; ) {
      const [code, end] = decodeAt(bytes, at);
      if (code === null && this.fatal) throw new TypeError("these bytes are no UTF-8");
      characters.push(String.fromCodePoint(code ?? 0xfffd));
      at = end;
    }
    if (!this.ignoreBOM && characters[0] === "\ufeff") characters.shift();
    return characters.join("");
  }
}
