// An order: what was done is undone, newest first, when a later step fails.
package main

import (
	"time"

	"cairn.example/cairn"
)

type Order struct {
	ID    string   `json:"id"`
	Items []string `json:"items"`
	Cents uint64   `json:"cents"`
}

type Receipt struct {
	Order  string `json:"order"`
	Charge string `json:"charge"`
}

type (
	ofItem struct {
		Item string `json:"item"`
	}
	ofHold struct {
		Hold string `json:"hold"`
	}
	ofOrder struct {
		Order string `json:"order"`
		Cents uint64 `json:"cents,omitempty"`
	}
	ofCharge struct {
		Charge string `json:"charge"`
	}
)

var patient = cairn.Options{Timeout: 10 * time.Second, Retry: cairn.Retry{Attempts: 4}}

func run(order Order) (receipt Receipt, err error) {
	for _, item := range order.Items {
		key := cairn.Key("item[%s]", item)
		held, err := cairn.Call[ofHold](key+"/hold", "inventory.reserve", ofItem{item}, patient).Wait()
		if err != nil {
			return receipt, err
		}
		if err := cairn.Undo(key+"/hold.undo", "inventory.release", held, patient); err != nil {
			return receipt, err
		}
	}
	paid, err := cairn.Call[ofCharge]("charge", "payments.charge", ofOrder{order.ID, order.Cents}, patient).Wait()
	if err != nil {
		return receipt, err
	}
	if err := cairn.Undo("charge.undo", "payments.refund", paid, patient); err != nil {
		return receipt, err
	}
	if _, err := cairn.Call[any]("ship", "dispatch.book", ofOrder{Order: order.ID}, patient).Wait(); err != nil {
		return receipt, err
	}
	return Receipt{order.ID, paid.Charge}, nil
}

func init() { cairn.Workflow(run) }
func main() {}
