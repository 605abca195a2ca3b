// Keys with data in them.

const encoded = (data) => String(data).replace(/[%/[\]]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** A key with data in it: key`item[${sku}]/hold`. */
export function key(texts, ...data) {
  return texts.reduce((key, text, at) => key + encoded(data[at - 1]) + text);
}
