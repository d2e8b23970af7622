package appliance

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"salonkeep/store/salon"
)

type testClock struct{ t time.Time }

func (c *testClock) now() time.Time { return c.t }

func armed(t *testing.T) (*claims, string, *testClock, *[]string) {
	t.Helper()
	f := folder(t.TempDir())
	c := &testClock{time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	shown := &[]string{}
	code, err := newClaim(f, c.t)
	if err != nil {
		t.Fatal(err)
	}
	return newClaims(f, c.now, func(s string) { *shown = append(*shown, s) }), code, c, shown
}

func TestClaimLinkWorksOnceAndForOne(t *testing.T) {
	ctx := context.Background()
	c, code, _, _ := armed(t)
	if st, err := os.Stat(c.folder.claim()); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("claim file: %v, %v", st, err)
	}
	ticket, err := c.Claim(ctx, " "+strings.ToLower(code[:4])+"-"+code[4:], "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	if !c.Holds(ticket) || c.Holds(ticket+"0") || c.Holds("") {
		t.Error("the ticket alone shall hold")
	}
	if _, err := c.Claim(ctx, code, "192.0.2.2"); salon.KindOf(err) != salon.Auth {
		t.Errorf("claimed twice: %v", err)
	}
	if !c.Holds(ticket) {
		t.Error("a second try took the first run away from its owner")
	}
	c.drop()
	if c.Holds(ticket) {
		t.Error("the ticket outlived the first run")
	}
}

func TestClaimCodeIsNotGuessed(t *testing.T) {
	ctx := context.Background()
	c, code, clock, shown := armed(t)
	for i := range claimPerMinute {
		if _, err := c.Claim(ctx, "AAAAAAAA", "192.0.2.1"); salon.KindOf(err) != salon.Auth {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if _, err := c.Claim(ctx, code, "192.0.2.1"); salon.KindOf(err) != salon.Closed {
		t.Errorf("a sixth try within a minute: %v", err)
	}
	// From many addresses the code itself gives way.
	for i := range claimTries - claimPerMinute {
		if _, err := c.Claim(ctx, "AAAAAAAA", fmt.Sprintf("192.0.2.%d", 10+i)); salon.KindOf(err) != salon.Auth {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if len(*shown) != 1 {
		t.Fatalf("codes shown anew: %v", *shown)
	}
	clock.t = clock.t.Add(2 * time.Minute)
	if _, err := c.Claim(ctx, code, "192.0.2.1"); salon.KindOf(err) != salon.Auth {
		t.Errorf("the old code after twenty wrong ones: %v", err)
	}
	if _, err := c.Claim(ctx, (*shown)[0], "192.0.2.1"); err != nil {
		t.Errorf("the new code: %v", err)
	}
}

func TestClaimCodeRunsOut(t *testing.T) {
	ctx := context.Background()
	c, code, clock, _ := armed(t)
	clock.t = clock.t.Add(claimLife + time.Second)
	if _, err := c.Claim(ctx, code, "192.0.2.1"); salon.KindOf(err) != salon.Auth {
		t.Fatalf("after an hour: %v", err)
	}
	// `salonkeep claim`, another process, makes a new one.
	fresh, err := newClaim(c.folder, clock.t)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claim(ctx, fresh, "192.0.2.1"); err != nil {
		t.Error(err)
	}
}
