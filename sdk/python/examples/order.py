"""An order: what was done is undone, newest first, when a later step fails."""

from dataclasses import dataclass

import cairn


@dataclass
class Order:
    id: str
    items: list[str]
    cents: int


@dataclass
class Hold:
    hold: str


@dataclass
class Charge:
    charge: str


@dataclass
class Receipt:
    order: str
    charge: str


RETRY = cairn.Retry(4)


@cairn.workflow
def run(order: Order) -> Receipt:
    for item in order.items:
        reserve = cairn.call(
            cairn.key("item[{}]/hold", item), "inventory.reserve", {"item": item}, gives=Hold, timeout=10, retry=RETRY
        )
        held = reserve.wait()
        cairn.undo(cairn.key("item[{}]/hold.undo", item), "inventory.release", {"hold": held.hold}, timeout=10, retry=RETRY)
    charge = {"order": order.id, "cents": order.cents}
    paid = cairn.call("charge", "payments.charge", charge, gives=Charge, timeout=10, retry=RETRY).wait()
    cairn.undo("charge.undo", "payments.refund", {"charge": paid.charge}, timeout=10, retry=RETRY)
    cairn.call("ship", "dispatch.book", {"order": order.id}, timeout=10, retry=RETRY).wait()
    return Receipt(order.id, paid.charge)
