package ingest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"salonkeep/store/salon"
)

// visitKey is what a no-show report says about a booking.
type visitKey struct {
	day                    salon.Day
	client, service, staff string
}

// missing is a booking somebody did not come to.
type missing struct {
	lines   []int // of the no-show report, one for each row
	matched []int // indexes in b.Appointments
}

// origin is the key of a row of an export that numbers nothing: everything the
// row says, and a running number for rows that say the same. Such rows are
// equal in all that is stored, so that it does not matter which of them gets
// which number, and the order of the rows decides nothing.
//
// A corrected row therefore has another origin. Who stores the batch can see
// that it is the same record: exactly one origin of the former import is gone,
// exactly one is new, and they differ in one part.
func (im *importer) origin(sort string, fields ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, "|", `\|`)
	parts := []string{sort}
	for _, f := range fields {
		parts = append(parts, escape.Replace(f))
	}
	key := strings.Join(parts, "|")
	im.equal[key]++
	return fmt.Sprintf("%s|%d", key, im.equal[key])
}

// parties reads the codes of client, service and staff of an appointment.
func (r record) parties() (code, service, staff string, why *refusal) {
	service, staff = r.text("service"), r.text("staff")
	if service == "" {
		return "", "", "", refuse(r.as("service"), "The service is missing.")
	}
	if staff == "" {
		return "", "", "", refuse(r.as("staff"), "The member of staff is missing.")
	}
	return r.text("code"), service, staff, nil
}

// keep registers the parties of an appointment that is going to be stored.
func (r record) keep(code, service, staff string) (client string) {
	client, walkIn := r.im.client(code)
	if walkIn {
		r.reported("code", "The appointment is for a walk-in; it is stored for an unknown client.")
	}
	r.im.worker(staff, true)
	if _, known := r.im.services[service]; !known {
		r.reported("service", "The service “%s” is in no list; an inactive one was made.", service)
		r.im.makeService(service, service)
	}
	return client
}

func (im *importer) makeService(code, name string) {
	im.services[code] = len(im.b.Services)
	im.b.Services = append(im.b.Services, salon.Service{Code: code, Name: name, NoFixedPrice: true, MinutesAssumed: true})
	im.nameService(name, code)
}

func (im *importer) addVisit(a salon.BatchAppointment, line int) {
	im.b.Appointments = append(im.b.Appointments, a)
	im.visitLines = append(im.visitLines, line)
}

// readNoShows only notes who did not come. The rows become a status of their
// bookings, never second appointments.
func (im *importer) readNoShows() error {
	return im.each(noShowList, func(r record) *refusal {
		day, why := r.day("date")
		if why != nil {
			return why
		}
		client, service, staff, why := r.parties()
		if why != nil {
			return why
		}
		im.lastFact.after(r, day)
		k := visitKey{day, r.keep(client, service, staff), service, staff}
		if im.missed[k] == nil {
			im.missed[k] = &missing{}
		}
		im.missed[k].lines = append(im.missed[k].lines, r.Line)
		return nil
	})
}

func (im *importer) readBookings() error {
	return im.each(bookingList, func(r record) *refusal {
		day, why := r.day("date")
		if why != nil {
			return why
		}
		start, why := r.start()
		if why != nil {
			return why
		}
		client, service, staff, why := r.parties()
		if why != nil {
			return why
		}
		client = r.keep(client, service, staff)
		a := salon.BatchAppointment{Client: client, Staff: staff, Service: service, Day: day, Start: start,
			Origin: im.origin("booking", string(day), start.String(), client, staff, service)}
		if !strings.HasSuffix(a.Origin, "|1") {
			r.reported("code", "The same booking stands in the file more than once; each of them is kept.")
		}
		if m := im.missed[visitKey{day, client, service, staff}]; m != nil {
			m.matched = append(m.matched, len(im.b.Appointments))
		}
		im.bookedOn[clientDay{client, day}] = true
		im.addVisit(a, r.Line)
		return nil
	})
}

// start reads the time of day, which the maker writes twice. TimeInt counts
// the minutes since midnight and is the one that cannot be misread.
func (r record) start() (salon.Clock, *refusal) {
	written, minutes := r.text("time"), r.text("timeint")
	clock, clockOK := clockTime(written)
	v, complaint := number(minutes, r.t.decimal)
	n, off := v.whole(e8)
	minutesOK := minutes != "" && complaint == "" && !off && n >= 0 && n < 24*60
	switch {
	case minutesOK && clockOK && clock != salon.Clock(n):
		r.reported("timeint", "The time “%s” and %s minutes since midnight are not the same; %s was stored.", written, minutes, salon.Clock(n))
		return salon.Clock(n), nil
	case minutesOK && written != "" && !clockOK:
		r.reported("time", "“%s” is no time of day; %s was stored by its minutes since midnight.", written, salon.Clock(n))
		return salon.Clock(n), nil
	case minutesOK:
		return salon.Clock(n), nil
	case clockOK && minutes != "":
		r.reported("timeint", "“%s” is no number of minutes since midnight; %s was stored by its time.", minutes, clock)
		return clock, nil
	case clockOK:
		return clock, nil
	case written == "" && minutes == "":
		return salon.NoClock, refuse(r.as("time"), "The time is missing.")
	}
	return salon.NoClock, refuse(r.as("time"), "“%s” is no time of day.", cmp.Or(written, minutes))
}

// readCancellations stores each as an appointment of its own without a time:
// the report has none. One that was booked again is a booking besides.
func (im *importer) readCancellations() error {
	return im.each(cancelledList, func(r record) *refusal {
		day, why := r.day("bookingdate")
		if why != nil {
			return why
		}
		on, why := r.day("canceldate")
		if why != nil {
			return why
		}
		client, service, staff, why := r.parties()
		if why != nil {
			return why
		}
		client = r.keep(client, service, staff)
		by := r.text("canceledby")
		if by != "" {
			im.worker(by, false)
		}
		im.lastOff.after(r, on)
		im.cancelled[clientDay{client, day}]++
		r.checkLead(day, on)
		im.addVisit(salon.BatchAppointment{
			Client: client, Staff: staff, Service: service, Day: day, Start: salon.NoClock, Status: salon.Cancelled, CancelledOn: on, CancelledBy: by,
			Origin: im.origin("cancellation", string(day), client, staff, service, string(on), by)}, r.Line)
		return nil
	})
}

// checkLead compares Days with the two dates it is made of. It is not stored.
func (r record) checkLead(day, on salon.Day) {
	if !r.has("days") {
		return
	}
	lead := int(day.Time().Sub(on.Time()).Hours() / 24)
	cell := r.text("days")
	v, complaint := number(cell, r.t.decimal)
	n, off := v.whole(e8)
	switch {
	case cell == "":
		r.reported("days", "Days is empty; the two dates give %d.", lead)
	case complaint != "" || off || n != int64(lead):
		r.reported("days", "Days says %s, the two dates give %d; the dates count.", cell, lead)
	case lead < 0:
		r.reported("days", "The booking was cancelled %d days after its own day.", -lead)
	}
}

// setStatuses tells what became of each booking. A no-show without a booking
// is stored as an appointment of its own without a time: somebody was waited
// for, and dropping the row would make the client look more reliable than the
// old program knew.
func (im *importer) setStatuses() {
	for i := range im.b.Appointments {
		if a := &im.b.Appointments[i]; a.Status == "" {
			a.Status = salon.Booked
			if a.Day <= im.b.AsOf {
				a.Status = salon.Done
			}
		}
	}
	for k, m := range im.missed {
		slices.SortFunc(m.matched, func(x, y int) int {
			a, b := im.b.Appointments[x], im.b.Appointments[y]
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Origin, b.Origin))
		})
		for n, line := range m.lines {
			if n < len(m.matched) {
				im.b.Appointments[m.matched[n]].Status = salon.NoShow
				continue
			}
			if im.files[bookingList] != nil {
				im.reportAt(im.files[noShowList], line, "", "There is no booking for this no-show; it was stored as an appointment without a time.")
			}
			im.addVisit(salon.BatchAppointment{
				Client: k.client, Staff: k.staff, Service: k.service, Day: k.day, Start: salon.NoClock, Status: salon.NoShow,
				Origin: im.origin("no-show", string(k.day), k.client, k.staff, k.service)}, line)
		}
		if len(m.matched) > len(m.lines) {
			im.reportAt(im.files[noShowList], m.lines[0], "", fmt.Sprintf("%d bookings fit this no-show; the earliest was marked.", len(m.matched)))
		}
	}
}
