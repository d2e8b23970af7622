package uitest_test

import (
	"testing"

	"salonkeep/store/storetest"
	"salonkeep/ui/uitest"
)

func TestSignInSaysWhatIsWrong(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	tab.Open("/receipts?q=Amelia")
	tab.See("Rowan & Reed Hair")
	tab.Fill("E-mail", "reception@example.com")
	tab.Fill("Password", "not this one")
	tab.Click("Sign in")
	tab.See("That e-mail address and password do not belong together.")
	tab.Click("中文")
	tab.See("登录")
	tab.Fill("邮箱", "reception@example.com")
	tab.Fill("密码", storetest.Password)
	tab.Click("登录")
	// Back where the person wanted to go, in the person's own language.
	tab.Wait("the first page", "location.pathname !== '/signin'")
	tab.See("Calendar")
}

func TestClientsFromSearchToCard(t *testing.T) {
	s := set(t)
	browser := uitest.New(t)
	tab := browser.Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "reception")
	tab.Click("Clients")
	tab.See("20 clients")
	tab.Fill("Find a client", "oka")
	tab.See("1 client")
	tab.SeeNot("Bea Lindqvist")
	tab.Wait("the address to follow", "location.search.includes('q=oka')")
	tab.Click("AO Amelia Okafor")
	tab.See("Client since March 2022")
	tab.See("•••• 0343")
	tab.See("••••@••••")
	tab.Fill("Write for the team", "Allergic to nothing we know of.")
	tab.Click("Add the note")
	tab.See("The note is on the card.")
	tab.See("Allergic to nothing we know of.")

	tab.Click("Edit")
	tab.See("Leave it empty to keep •••• 0343.")
	tab.Fill("Name", "")
	tab.Click("Save the card")
	tab.See("What is the client called?")
	tab.Fill("Name", "Amelia Okafor-Reed")
	tab.Fill("Phone", "+1 416 555 0188")
	tab.Click("Save the card")
	tab.See("Saved.")
	tab.See("•••• 0188")
	tab.Click("Undo")
	tab.See("•••• 0343")

	tab.Click("Book")
	tab.See("New booking")
	tab.Wait("Amelia to be chosen", "document.querySelector('[name=who]:checked')?.value === '"+s.ids["Amelia Okafor"]+"'")
}

func TestOwnerFindsAClientByPhone(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Phone)
	s.signIn(t, tab, "owner")
	tab.Open("/clients")
	tab.Fill("Find a client", "0343")
	tab.See("1 client")
	tab.See("Amelia Okafor")
	tab.See("+1 416-555-0343")
}

func TestReceiptsNarrowAndPrint(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "owner")
	tab.Click("Receipts")
	tab.See("60 receipts")
	tab.Click("After")
	tab.See("51–60 of 60")
	tab.Fill("Find a receipt", "20260459")
	tab.See("1 receipt")
	tab.Click("20260459")
	tab.See("This receipt came from the salon's old system.")
	tab.See("Prepaid, used")
	tab.See("$91.53")
	tab.Open("/receipts?from_day=2026-11-15&to_day=2026-11-17")
	tab.See("3 receipts")
}

func TestDeviceKeepsItsLook(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "beautician")
	tab.Click("More")
	tab.Click("Dark")
	tab.Wait("the dark", "document.documentElement.dataset.theme === 'dark'")
	tab.Click("125 %")
	tab.Wait("large letters", "getComputedStyle(document.documentElement).fontSize === '20px'")
	tab.Click("简体中文")
	tab.See("本设备")
	tab.Click("退出登录")
	tab.See("登录")
	tab.Wait("the dark to stay", "document.documentElement.dataset.theme === 'dark'")
}

// A stylist sees only her own column and no money, and may not book.
func TestStylistSeesHerOwn(t *testing.T) {
	s := set(t)
	tab := uitest.New(t).Tab(s.URL, uitest.Desk)
	s.signIn(t, tab, "beautician")
	tab.See("Person beautician")
	tab.SeeNot("Jonas Weber")
	if tab.Has("New booking") || tab.Has("Receipts") {
		t.Error("a stylist is offered what she may not do")
	}
	tab.Open("/receipts")
	tab.See("This is not yours to open")
	tab.See("Ask ")
	tab.Faults() // the refusal was asked for
}
