package appliance

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"salonkeep/store"
	"salonkeep/store/ingest"
	"salonkeep/store/salon"
	"salonkeep/ui"
)

// demoStaff are the people of the invented salon who can sign in, one for each
// role. The stylist is one of those the invented records know.
var demoStaff = []salon.StaffForm{
	{Name: "Rowan Ash", Role: "owner", Email: "owner@example.com"},
	{Name: "Mei Lin", Role: "manager", Email: "manager@example.com"},
	{Name: "Alex Moore", Role: "admin", Email: "admin@example.com"},
	{Name: "Priya Nair", Role: "reception", Email: "reception@example.com"},
	{Name: "Sam Okafor", Role: "beautician", Email: "beautician@example.com"},
	{Name: "Noor Haddad", Role: "finance", Email: "finance@example.com"},
	{Name: "Jules Martin", Role: "stock", Email: "stock@example.com"},
	{Name: "Kit Sato", Role: "it", Email: "it@example.com"},
}

// startDemo makes the invented salon anew and serves it. It lies in a folder of
// its own inside the data folder, so that nothing of it can be mistaken for a
// salon's records, and its passwords are drawn each time: an appliance on a
// Wi-Fi must not have one that everybody knows.
func (h *host) startDemo(ctx context.Context, language string) ([]ui.DemoLogin, error) {
	d := folder(h.f.demo())
	if err := os.RemoveAll(string(d)); err != nil {
		return nil, fmt.Errorf("clear the last invented salon: %w", err)
	}
	if err := d.make(); err != nil {
		return nil, err
	}
	logins := make([]ui.DemoLogin, len(demoStaff))
	for i, s := range demoStaff {
		password, err := demoPassword()
		if err != nil {
			return nil, err
		}
		logins[i] = ui.DemoLogin{Name: s.Name, Role: s.Role, Email: s.Email, Password: password}
	}
	if err := h.foundDemo(ctx, d, language, logins); err != nil {
		return nil, err
	}
	return logins, h.adopt(ctx, d.database())
}

func (h *host) foundDemo(ctx context.Context, d folder, language string, logins []ui.DemoLogin) error {
	k, err := newKeys("Shear Delight", h.p.now(), demoSealCost)
	if err != nil {
		return err
	}
	h.mu.Lock()
	who := h.who
	h.mu.Unlock()
	owner := logins[0]
	zone, err := time.LoadLocation(demoZone)
	if err != nil {
		return fmt.Errorf("find the demo's time zone: %w", err)
	}
	err = h.p.found(ctx, d, salon.Founding{
		Salon: "Shear Delight", Owner: owner.Name, Email: owner.Email, Password: owner.Password, Language: language,
		Currency: "CAD", Timezone: demoZone, Taxes: []salon.Tax{{Name: "GST", RateE6: 50000}, {Name: "PST", RateE6: 80000}},
	}, k, who)
	if err != nil {
		return err
	}
	st, err := store.Open(ctx, d.database(), h.p.storeOptions())
	if err != nil {
		return err
	}
	defer st.Close()
	sc := st.As("demo")
	for _, l := range logins[1:] {
		_, err := sc.AddStaff(ctx, salon.StaffForm{Name: l.Name, Role: l.Role, Email: l.Email, Password: l.Password, Language: language})
		if err != nil {
			return err
		}
	}
	_, err = sc.Import(ctx, ingest.Demo(h.p.now().In(zone), language), false)
	return err
}

// demoZone is where the invented salon is: its day is as far as the clock there.
const demoZone = "America/Toronto"

// demoSealCost makes the invented salon's kit cheap: it opens nothing of worth.
const demoSealCost = 10

// demoPassword is long enough for any rule and easy to type.
func demoPassword() (string, error) {
	var raw [12]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("draw a password: %w", err)
	}
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	for i, b := range raw {
		raw[i] = letters[int(b)%len(letters)]
	}
	return string(raw[:4]) + "-" + string(raw[4:8]) + "-" + string(raw[8:]), nil
}
