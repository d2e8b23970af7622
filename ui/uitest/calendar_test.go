package uitest_test

import (
	"context"
	"fmt"
	"testing"

	"salonkeep/store/salon"
	"salonkeep/ui/uitest"
)

// spot is where a minute of the day stands in a person's column, scrolled to
// the middle of the grid.
const spot = `(() => {
	const col = document.querySelector('.cal-col[data-staff="%s"]'), cal = col.closest('.cal');
	const from = Number(cal.style.getPropertyValue('--from')), ppm = parseFloat(getComputedStyle(cal).getPropertyValue('--ppm'));
	const y = () => cal.querySelector('.cal-body').getBoundingClientRect().top + (%d - from) * ppm;
	const box = cal.getBoundingClientRect(), side = col.getBoundingClientRect();
	if (side.left < box.left + 62 || side.right > box.right) cal.scrollLeft += side.left - box.left - 80;
	cal.scrollTop += y() - box.top - 30 - cal.clientHeight / 2;
	const now = col.getBoundingClientRect();
	return {X: now.x + now.width / 2, Y: y()};
})()`

// perMinute is the height of a minute on the grid, in pixels.
const perMinute = 1.8

func (s *stage) spot(tab *uitest.Tab, name string, minute int) (x, y float64) {
	p := uitest.Eval[struct{ X, Y float64 }](tab, fmt.Sprintf(spot, s.ids[name], minute))
	return p.X, p.Y
}

// visit is today's visit of a client, as the store has it.
func (s *stage) visit(t *testing.T, client string) salon.Visit {
	t.Helper()
	sheet, err := s.As(t, "owner").Day(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range append(sheet.Columns, salon.Column{Visits: sheet.Cancelled}) {
		for _, v := range c.Visits {
			if v.Client == client {
				return v
			}
		}
	}
	t.Fatalf("%s has no visit today", client)
	return salon.Visit{}
}

// block is the booking of a client on the grid, as a selector.
func (s *stage) block(client string) string { return "#v-" + s.ids["visit of "+client] }

func (s *stage) wantPlace(t *testing.T, client, staff string, start salon.Clock) {
	t.Helper()
	if v := s.visit(t, client); v.Staff != staff || v.Start != start {
		t.Errorf("%s is with %s at %s, want %s at %s", client, v.Staff, v.Start, staff, start)
	}
}

func TestBookingAppearsOnTheOtherTablet(t *testing.T) {
	s := set(t)
	browser := uitest.New(t)
	desk, nail := browser.Tab(s.URL, uitest.Desk), browser.Tab(s.URL, uitest.Portrait)
	s.signIn(t, desk, "reception")
	s.signIn(t, nail, "owner")
	nail.SeeNot("Zoë Novak")

	desk.Click("New booking")
	desk.Fill("Client", "Zoë Novak")
	desk.Click("New client “Zoë Novak”")
	desk.Fill("Phone of the new client", "416 555 0199")
	desk.Fill("Service", "Curly cut")
	desk.Fill("With", "Ade Bello")
	desk.Fill("Start", "15:00")
	desk.Click("Book it")
	desk.See("Zoë Novak booked for 15:00 with Ade Bello.")
	nail.See("Zoë Novak")

	desk.Click("Undo")
	desk.See("Taken back.")
	nail.SeeNot("Zoë Novak")
}

func TestBookingTwiceAndOverlapping(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "reception")
	tab.Click("New booking")
	tab.Click("Book it")
	tab.See("Choose a client, a new one or a walk-in.")
	tab.Fill("Client", "maya")
	tab.Click("Maya Sen")
	tab.Fill("Service", "Fringe trim")
	tab.Fill("With", "Jonas Weber")
	tab.Fill("Start", "12:45")
	tab.Fill("Note", "Quiet chair")
	tab.Click("Book it")
	tab.See("That time is taken: Jonas Weber has Leo Grant from 12:45 to 13:15. Pick another time.")
	if note := uitest.Eval[string](tab, "document.querySelector('[name=note]').value"); note != "Quiet chair" {
		t.Errorf("after a clash the note says %q", note)
	}
	tab.Fill("Start", "17:00")
	// A double tap, as fast as a machine can.
	tab.Wait("the form", "document.querySelector('.bookform')")
	uitest.Eval[bool](tab, "(() => { const b = document.querySelector('.bookform button.primary'); b.click(); b.click(); return true })()")
	tab.See("Maya Sen booked for 17:00 with Jonas Weber.")
	sheet, err := s.As(t, "owner").Day(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	booked := 0
	for _, c := range sheet.Columns {
		for _, v := range c.Visits {
			if v.Client == "Maya Sen" && v.Start == 17*60 {
				booked++
			}
		}
	}
	if booked != 1 {
		t.Errorf("a double tap booked %d times", booked)
	}
}

func TestMoves(t *testing.T) {
	s := set(t)
	browser := uitest.New(t)
	tab := browser.Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "reception")

	t.Run("mouse", func(t *testing.T) {
		tab.In(t)
		s.spot(tab, "Ade Bello", 675)
		x, y := tab.Middle(s.block("Maya Sen"))
		tab.DragMouse(x, y, x, y-210*perMinute)
		tab.See("Maya Sen moved to 09:30 with Ade Bello.")
		s.wantPlace(t, "Maya Sen", "Ade Bello", 570)
		tab.Click("Undo")
		tab.See("Taken back.")
		s.wantPlace(t, "Maya Sen", "Ade Bello", 780)
	})
	t.Run("keyboard", func(t *testing.T) {
		tab.In(t)
		tab.Focus(s.block("Leo Grant"))
		for _, key := range []string{"m", "ArrowRight", "Enter"} {
			tab.Press(key)
		}
		tab.See("Leo Grant moved to 12:45 with Mei Lin.")
		s.wantPlace(t, "Leo Grant", "Mei Lin", 765)
		tab.Click("Undo")
		tab.See("Taken back.")
	})
	t.Run("escape", func(t *testing.T) {
		tab.In(t)
		tab.Focus(s.block("Leo Grant"))
		for _, key := range []string{"m", "ArrowDown", "Escape"} {
			tab.Press(key)
		}
		tab.Wait("the grid at rest", "!document.querySelector('.ghost')")
		s.wantPlace(t, "Leo Grant", "Jonas Weber", 765)
	})
	t.Run("tap", func(t *testing.T) {
		tab.In(t)
		x, y := tab.Middle(s.block("Leo Grant"))
		tab.MouseClick(x, y)
		tab.Click("Move")
		tab.See("Tap a free time on the calendar, or choose here.")
		tab.Wait("the lift", "document.querySelector('.ghost')")
		x, y = s.spot(tab, "Jonas Weber", 960)
		tab.MouseClick(x, y+4)
		tab.See("Leo Grant moved to 16:00 with Jonas Weber.")
		s.wantPlace(t, "Leo Grant", "Jonas Weber", 960)
	})
	t.Run("clash", func(t *testing.T) {
		tab.In(t)
		s.spot(tab, "Jonas Weber", 910)
		x, y := tab.Middle(s.block("Leo Grant"))
		tab.DragMouse(x, y, x, y-105*perMinute)
		tab.See("That time is taken")
		tab.See("Pick another time")
		s.wantPlace(t, "Leo Grant", "Jonas Weber", 960)
		tab.Wait("the booking back where it was", "document.querySelector('"+s.block("Leo Grant")+"').style.getPropertyValue('--s') === '960'")
	})
	t.Run("finger", func(t *testing.T) {
		phone := browser.Tab(s.URL, uitest.Size{Name: "tablet", Width: 1280, Height: 800, Phone: true})
		phone.In(t)
		s.signIn(t, phone, "reception")
		s.spot(phone, "Ade Bello", 690)
		x, y := phone.Middle(s.block("Maya Sen"))
		phone.DragFinger(x, y, x, y-180*perMinute, ".ghost")
		phone.See("Maya Sen moved to 10:00 with Ade Bello.")
		s.wantPlace(t, "Maya Sen", "Ade Bello", 600)
	})
}

func TestVisitGoesThroughTheDay(t *testing.T) {
	s := set(t)
	browser := uitest.New(t)
	desk, other := browser.Tab(s.URL, uitest.Desk), browser.Tab(s.URL, uitest.Phone)
	s.signIn(t, desk, "reception")
	s.signIn(t, other, "manager")
	x, y := desk.Middle(s.block("Leo Grant"))
	desk.MouseClick(x, y)
	for _, step := range []struct {
		press, says string
		want        salon.Status
	}{{"Mark arrived", "Leo Grant: Arrived.", salon.Arrived}, {"Start service", "Leo Grant: In service.", salon.InService}, {"Finish", "Leo Grant: Done.", salon.Done}} {
		desk.Click(step.press)
		desk.See(step.says)
		if got := s.visit(t, "Leo Grant").Status; got != step.want {
			t.Fatalf("after %s the visit is %s", step.press, got)
		}
	}
	// The phone shows the same line of its list by now.
	other.Wait("Leo Grant to be done on the phone", `[...document.querySelectorAll('.ap-row')].some(r => r.innerText.includes('Leo Grant') && r.innerText.includes('Done'))`)

	desk.Press("Escape")
	desk.SeeNot("Open the client's card")
	x, y = s.spot(desk, "Jonas Weber", 860)
	desk.MouseClick(x, y)
	desk.Click("Cancel booking")
	desk.See("Walk-in: Cancelled.")
	desk.See("3 cancelled")
	desk.Click("3 cancelled")
	desk.See("Cancelled this day")
	desk.See("Wren Abbott")
}

func TestTypingIsNeverOverwritten(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "reception")
	tab.Click("New booking")
	tab.Fill("Client", "Chl")
	tab.See("Chloe Martin")
	tab.Fill("Note", "Half a sen")
	v := s.visit(t, "Holly Pryce")
	if _, err := s.As(t, "owner").SetStatus(context.Background(), v.ID, v.Version, salon.Done); err != nil {
		t.Fatal(err)
	}
	tab.Wait("the grid to follow", "document.querySelector('"+s.block("Holly Pryce")+"').classList.contains('st-done')")
	if got := uitest.Eval[string](tab, "document.querySelector('[name=note]').value + '|' + document.querySelector('[name=text]').value"); got != "Half a sen|Chl" {
		t.Errorf("after a live update the form holds %q", got)
	}
	if got := uitest.Eval[string](tab, "document.activeElement.name"); got != "note" {
		t.Errorf("the keyboard is on %q, want the note", got)
	}
}

// A tablet that lost the salon PC says so by and by, and catches up by itself.
func TestTabletCatchesUpAfterTheConnectionBroke(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "reception")
	tab.Wait("the stream", "document.documentElement.dataset.stream === 'open'")
	s.CloseClientConnections()
	v := s.visit(t, "Holly Pryce")
	if _, err := s.As(t, "owner").SetStatus(context.Background(), v.ID, v.Version, salon.Done); err != nil {
		t.Fatal(err)
	}
	tab.Wait("the grid to catch up", "document.querySelector('"+s.block("Holly Pryce")+"').classList.contains('st-done')")
	tab.Faults() // the broken stream was our doing
}
