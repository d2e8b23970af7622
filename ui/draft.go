package ui

import (
	"crypto/rand"
	"math/big"
	"sync"

	"salonkeep/store/salon"
)

// draft is what the one browser with the claim ticket has typed so far. It is
// kept in memory, so that Back shows what was there, and is gone with the
// program: nothing of it is worth a file.
type draft struct {
	mu      sync.Mutex
	ticket  string
	found   salon.Founding
	typed   bool // the salon page was sent once
	kit     Kit
	asked   [2]int         // groups to read back from paper, 1 to 8
	groups  map[int]string // as they were read back
	source  PlaceForm
	restore KitForm
}

// with hands the draft of this ticket to fn. Another ticket begins anew.
func (d *draft) with(ticket string, fn func(*draft)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ticket != ticket {
		d.ticket, d.found, d.typed = ticket, salon.Founding{}, false
		d.kit, d.asked, d.groups = Kit{}, [2]int{}, nil
		d.source, d.restore = PlaceForm{}, KitForm{}
	}
	fn(d)
}

// ask draws two different groups, once.
func (d *draft) ask() {
	for d.asked[0] == d.asked[1] {
		for i := range d.asked {
			n, err := rand.Int(rand.Reader, big.NewInt(8))
			if err != nil {
				panic(err) // crypto/rand does not fail
			}
			d.asked[i] = int(n.Int64()) + 1
		}
	}
	if d.asked[0] > d.asked[1] {
		d.asked[0], d.asked[1] = d.asked[1], d.asked[0]
	}
}
