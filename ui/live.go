package ui

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"salonkeep/store/salon"
)

// heartbeat is how often a silent stream says that it is still there. The page
// shows a bar when it has heard nothing for a little longer.
const heartbeat = 5 * time.Second

// getLive streams that something changed, and nothing of what it was: the page
// asks again with its own rights.
func getLive(d *desk) error {
	door, open := d.s.Door()
	if !open {
		return salon.E(salon.Closed, "The salon is being brought back. Wait until it is done.")
	}
	ctx := d.ctx()
	events := door.Events(ctx)
	w := d.Response()
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	stream := http.NewResponseController(w)
	// A stream outlives the deadline of ordinary answers; servers without
	// deadlines refuse this, which is as good.
	_ = stream.SetWriteDeadline(time.Time{})
	token := readCookie(d.Request(), d.s.cookieName(sessionCookie))
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	send := func(event, data string) error {
		if _, err := fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data); err != nil {
			return err
		}
		return stream.Flush()
	}
	if err := send("salon:hello", "{}"); err != nil {
		return nil // the tablet left
	}
	for beats := 0; ; beats++ {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-events:
			if !ok {
				return nil
			}
			data, err := json.Marshal(struct {
				Kind string    `json:"kind"`
				Day  salon.Day `json:"day"`
			}{e.Kind, e.Day})
			if err != nil {
				return err
			}
			if send("salon:changed", string(data)) != nil {
				return nil
			}
		case <-tick.C:
			// Every minute: a session that was ended elsewhere ends here too.
			if beats%12 == 11 {
				if _, err := door.Enter(ctx, token); err != nil {
					return nil
				}
			}
			if send("salon:beat", "{}") != nil {
				return nil
			}
		}
	}
}
