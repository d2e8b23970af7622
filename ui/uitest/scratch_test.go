package uitest_test

import (
	"testing"

	"salonkeep/ui/uitest"
)

func TestScratchOffline(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "reception")
	tab.Wait("the stream", "document.documentElement.dataset.stream === 'open'")
	s.CloseClientConnections()
	s.Server.Listener.Close()
	tab.See("Reconnecting to the salon PC")
	tab.Shot("/tmp/offline.png")
	tab.Click("New booking")
	tab.See("The salon PC did not answer")
	tab.Shot("/tmp/offline2.png")
	t.Log(tab.Faults())
}
