"""Keys with data in them."""

_ENCODED = str.maketrans({sign: f"%{ord(sign):02X}" for sign in "%/[]"})


def key(format: str, *data: object) -> str:
    """A key with data in it, as of one item: `key("item[{}]/hold", item.sku)` is `item[a%2Fb]/hold` for the item `a/b`.

    Text from data cannot be taken for a part of the key so.
    """
    return format.format(*(str(one).translate(_ENCODED) for one in data))
