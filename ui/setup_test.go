package ui_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"salonkeep/store/salon"
	"salonkeep/ui"
)

// claimed is a browser that brought the code.
func claimed(t *testing.T, drives ...ui.Place) (*run, *browser) {
	t.Helper()
	r, server := firstRun(t, drives...)
	b := visitor(t, server)
	b.lead("/claim", url.Values{"code": {claimCode}}, "/welcome")
	return r, b
}

// lead posts a form and demands to be sent on to that page.
func (b *browser) lead(path string, form url.Values, to string) {
	b.t.Helper()
	status, page, h := b.request(http.MethodPost, path, form.Encode(), nil)
	if status != http.StatusSeeOther || h.Get("Location") != to {
		b.t.Fatalf("POST %s: %d to %q, want to be led to %s\n%s", path, status, h.Get("Location"), to, page)
	}
}

// refused posts a form and demands to be shown these words instead.
func (b *browser) refused(path string, form url.Values, want ...string) string {
	b.t.Helper()
	status, page := b.post(path, form)
	if status < 400 || status >= 500 {
		b.t.Fatalf("POST %s: %d, want a refusal\n%s", path, status, page)
	}
	wantText(b.t, page, want...)
	return page
}

var (
	salonForm = url.Values{"salon": {"Rowan & Reed"}, "currency": {"cad"}, "timezone": {"America/Toronto"}, "tax0": {"GST"}, "rate0": {"5"}, "tax1": {"QST"}, "rate1": {"9,975"}}
	ownerForm = url.Values{"owner": {"Rowan"}, "email": {"rowan@example.com"}, "password": {"seven green doors"}}
)

// but is the form with some fields changed.
func but(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = v
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

var firstPages = []string{"/welcome", "/setup/salon", "/setup/owner", "/setup/kit", "/setup/kit.txt", "/setup/place", "/restore", "/restore/kit",
	"/restore/point", "/restore/look?point=x", "/restore/progress"}

var firstForms = []string{"/demo", "/setup/salon", "/setup/owner", "/setup/kit", "/setup/place", "/restore", "/restore/check", "/restore/kit", "/restore/start", "/restore/open"}

func TestTheFirstRunBelongsToTheClaimedBrowser(t *testing.T) {
	r, server := firstRun(t)
	mine := visitor(t, server)
	mine.lead("/claim", url.Values{"code": {claimCode}}, "/welcome")
	stranger := visitor(t, server)
	want := func(b *browser, method, path, to string) {
		t.Helper()
		if status, page, h := b.request(method, path, "", nil); status != http.StatusSeeOther || h.Get("Location") != to {
			t.Errorf("%s %s: %d to %q, want to be led to %s\n%s", method, path, status, h.Get("Location"), to, page)
		}
	}
	for _, cookie := range []string{"", "ticket-0", "ticket-1x"} {
		stranger.client.Jar.SetCookies(mustURL(t, server.URL), []*http.Cookie{{Name: "__Host-ticket", Value: cookie, Secure: true, Path: "/"}})
		want(stranger, "GET", "/", "/claim")
		for _, path := range firstPages {
			want(stranger, "GET", path, "/claim")
		}
		for _, path := range firstForms {
			want(stranger, "POST", path, "/claim")
		}
	}
	want(mine, "GET", "/", "/welcome")
	for _, path := range []string{"/calendar", "/backups", "/more"} { // there is no salon to sign in to
		want(mine, "GET", path, "/")
	}

	// Once there is a salon, the ticket opens nothing any more.
	r.now(func(r *run) {
		r.found = salon.Founding{Salon: "A", Owner: "B", Email: "b@example.com", Password: "seven green doors", Language: "en", Currency: "CAD", Timezone: "America/Toronto"}
		if err := r.openLocked(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.ticket = "ticket-1" // even if the appliance had forgotten to end it
	})
	for _, path := range append(firstPages, "/claim") {
		want(mine, "GET", path, "/")
	}
	for _, path := range append(firstForms, "/claim") {
		want(mine, "POST", path, "/")
	}
}

func TestAWrongCodeIsSaidAndKept(t *testing.T) {
	_, server := firstRun(t)
	b := visitor(t, server)
	b.refused("/claim", url.Values{"code": {"AAAA<b>"}}, "That is not the code.", `value="AAAA&lt;b&gt;"`, `aria-invalid="true"`)
	_, _, h := b.request("POST", "/claim", url.Values{"code": {claimCode}}.Encode(), nil)
	cookies := (&http.Response{Header: h}).Cookies()
	if len(cookies) != 1 || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode || !strings.HasPrefix(cookies[0].Name, "__Host-") {
		t.Errorf("the ticket comes in %v", cookies)
	}
}

var askedGroup = regexp.MustCompile(`name="group(\d)"`)

// asked are the groups the kit page wants to have read back.
func asked(t *testing.T, page string) (first, second int) {
	t.Helper()
	m := askedGroup.FindAllStringSubmatch(page, -1)
	if len(m) != 2 {
		t.Fatalf("the page asks for %d groups\n%s", len(m), page)
	}
	first, _ = strconv.Atoi(m[0][1])
	second, _ = strconv.Atoi(m[1][1])
	if first == second {
		t.Fatalf("the page asks twice for group %d", first)
	}
	return first, second
}

// readBack is the form with these groups as they stand on the paper.
func readBack(groups ...int) url.Values {
	form := url.Values{}
	for _, n := range groups {
		form.Set(fmt.Sprintf("group%d", n), paper[n-1])
	}
	return form
}

// toKit leads a claimed browser to the kit page and returns the groups asked.
func toKit(t *testing.T, b *browser) (first, second int) {
	t.Helper()
	b.lead("/setup/salon", salonForm, "/setup/owner")
	b.lead("/setup/owner", ownerForm, "/setup/kit")
	_, page := b.get("/setup/kit")
	return asked(t, page)
}

func TestASalonIsFounded(t *testing.T) {
	r, b := claimed(t, ui.Place{Name: "USB Red", Folder: "/media/usb/red", FreeBytes: 32 << 30})
	first, second := toKit(t, b)
	b.lead("/setup/kit", readBack(first, second), "/setup/place")
	_, page := b.get("/setup/place")
	wantText(t, page, "USB Red", "GB free")
	b.lead("/setup/place", url.Values{"how": {"place:/media/usb/red"}}, "/done")

	want := salon.Founding{Salon: "Rowan & Reed", Owner: "Rowan", Email: "rowan@example.com", Password: "seven green doors", Language: "en", Currency: "CAD",
		Timezone: "America/Toronto", Taxes: []salon.Tax{{Name: "GST", RateE6: 50000}, {Name: "QST", RateE6: 99750}}}
	if got := r.found; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("founded %+v, want %+v", got, want)
	}
	if len(r.groups) != 2 || r.place == nil || r.place.Name != "USB Red" || r.place.Folder != "/media/usb/red" {
		t.Errorf("finished with groups %v and place %+v", r.groups, r.place)
	}
	_, page = b.get("/done")
	wantText(t, page, "Rowan &amp; Reed is open", "https://salon.local:8443", "The first backup is running")
	b.lead("/signin", url.Values{"email": {"rowan@example.com"}, "password": {"seven green doors"}}, "/")
}

func TestBackupsLaterIsSaidOnTheLastPage(t *testing.T) {
	r, b := claimed(t)
	first, second := toKit(t, b)
	b.lead("/setup/kit", readBack(first, second), "/setup/place")
	b.lead("/setup/place", url.Values{"how": {"later"}}, "/done?later=1")
	if r.place != nil {
		t.Errorf("later became %+v", r.place)
	}
	_, page := b.get("/done?later=1")
	wantText(t, page, "There is no backup yet")
}

func TestStepsOfTheFoundingCannotBeSkipped(t *testing.T) {
	r, b := claimed(t)
	want := func(path, to string) {
		t.Helper()
		if status, _, h := b.request("GET", path, "", nil); status != http.StatusSeeOther || h.Get("Location") != to {
			t.Errorf("GET %s too early: %d to %q, want %s", path, status, h.Get("Location"), to)
		}
	}
	want("/setup/owner", "/setup/salon")
	want("/setup/kit", "/setup/owner")
	want("/setup/kit.txt", "/setup/owner")
	want("/setup/place", "/setup/kit")
	b.lead("/setup/kit", readBack(1, 2), "/setup/owner")
	b.lead("/setup/place", url.Values{"how": {"later"}}, "/setup/kit")
	toKit(t, b)
	want("/setup/place", "/setup/kit")
	b.lead("/setup/place", url.Values{"how": {"later"}}, "/setup/kit") // the kit was not read back
	if r.st != nil {
		t.Error("a salon was founded without its kit on paper")
	}
}

func TestWhatTheSalonPageDoesNotTake(t *testing.T) {
	_, b := claimed(t)
	for _, try := range []struct {
		change []string
		want   []string
	}{
		{[]string{"salon", " "}, []string{`id="err-salon"`}},
		{[]string{"currency", "dollars"}, []string{`id="err-currency"`}},
		{[]string{"timezone", "Mars/Olympus"}, []string{`id="err-timezone"`}},
		{[]string{"rate1", "lots"}, []string{`id="err-rate1"`, `value="lots"`}},
		{[]string{"tax1", "", "rate1", "7"}, []string{`id="err-rate1"`}},
		{[]string{"rate0", "101"}, []string{`id="err-rate0"`}},
		{[]string{"rate0", "NaN"}, []string{`id="err-rate0"`}},
		{[]string{"salon", strings.Repeat("x", 300<<10)}, []string{"more than one form may hold"}},
	} {
		page := b.refused("/setup/salon", but(salonForm, try.change...), try.want...)
		if len(try.want) > 0 && strings.HasPrefix(try.want[0], "id=") && strings.Count(page, `id="err-`) != 1 {
			t.Errorf("%v: more than one complaint", try.change)
		}
	}
}

func TestBackKeepsWhatWasTypedButThePassword(t *testing.T) {
	r, b := claimed(t)
	seen := ""
	look := func(path string, want ...string) {
		t.Helper()
		_, page := b.get(path)
		wantText(t, page, want...)
		seen += page
	}
	look("/setup/salon", `data-guess-zone`)
	seen += b.refused("/setup/salon", but(salonForm, "currency", "x"), `value="Rowan &amp; Reed"`, `value="America/Toronto"`)
	b.lead("/setup/salon", salonForm, "/setup/owner")
	seen += b.refused("/setup/owner", but(ownerForm, "email", "nobody"), `value="Rowan"`, `value="nobody"`, `id="err-email"`)
	first, second := toKit(t, b)
	look("/setup/salon", `value="Rowan &amp; Reed"`, `value="CAD"`, `value="America/Toronto"`, `value="QST"`, `value="9.975"`)
	look("/setup/owner", `value="rowan@example.com"`, "Type the password again")
	look("/setup/kit", paper[0], paper[7])
	b.lead("/setup/owner", but(ownerForm, "owner", "Rowan Reed"), "/setup/kit")
	_, page := b.get("/setup/kit")
	if a, z := asked(t, page); a != first || z != second || r.kits != 1 {
		t.Errorf("going back drew groups %d and %d instead of %d and %d, and made %d kits: the printed sheet would be wrong", a, z, first, second, r.kits)
	}
	b.lead("/setup/kit", readBack(first, second), "/setup/place")
	look("/setup/kit", `value="`+paper[first-1]+`"`)
	if strings.Contains(seen, "seven green doors") {
		t.Error("the password was put back into a page")
	}
}

func TestAnotherBrowserDoesNotSeeTheDraft(t *testing.T) {
	r, server := firstRun(t)
	one, two := visitor(t, server), visitor(t, server)
	one.lead("/claim", url.Values{"code": {claimCode}}, "/welcome")
	toKit(t, one)
	two.lead("/claim", url.Values{"code": {claimCode}}, "/welcome") // a fresh link was asked for on the PC
	if _, page := two.get("/setup/salon"); strings.Contains(page, "Rowan") {
		t.Error("the second browser sees what the first one typed")
	}
	if status, _, h := two.request("GET", "/setup/kit", "", nil); status != http.StatusSeeOther || h.Get("Location") == "" {
		t.Errorf("the second browser reaches the first one's kit: %d", status)
	}
	if status, page := one.get("/setup/kit"); status == http.StatusOK || strings.Contains(page, paper[0]) {
		t.Error("the first browser still holds the kit")
	}
	if r.kits != 1 {
		t.Errorf("%d kits", r.kits)
	}
}

func TestTheKitIsReadBackFromPaper(t *testing.T) {
	_, b := claimed(t)
	first, second := toKit(t, b)
	field := func(n int) string { return fmt.Sprintf("group%d", n) }
	right := paper[first-1]
	slip := right[:3] + "A" // no group of this kit ends so, but the third
	if slip == right {
		slip = right[:3] + "B"
	}
	b.refused("/setup/kit", url.Values{}, fmt.Sprintf("Group %d does not match.", first), fmt.Sprintf("Group %d does not match.", second))
	page := b.refused("/setup/kit", but(readBack(second), field(first), slip), fmt.Sprintf("Group %d does not match. Look at the last letter again.", first), `value="`+slip+`"`)
	if strings.Contains(page, fmt.Sprintf("Group %d does not match", second)) {
		t.Error("the right group is complained about")
	}
	other := 1
	for other == first || other == second {
		other++
	}
	b.refused("/setup/kit", but(readBack(second), field(first), paper[other-1]), fmt.Sprintf("Group %d does not match. Read it from the paper once more.", first))
	b.lead("/setup/kit", but(readBack(second), field(first), " "+strings.ToLower(right[:2])+"-"+right[2:]+" "), "/setup/place")
}

func TestTheKitFile(t *testing.T) {
	_, b := claimed(t)
	toKit(t, b)
	status, text, h := b.request("GET", "/setup/kit.txt", "", nil)
	if status != http.StatusOK || !strings.HasPrefix(text, "# Recovery kit of Rowan & Reed\nAGE-SECRET-KEY") {
		t.Errorf("%d %q", status, text)
	}
	if !strings.HasPrefix(h.Get("Content-Type"), "text/plain") || !strings.Contains(h.Get("Content-Disposition"), "attachment") || h.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", h)
	}
	_, page := b.get("/setup/kit")
	if strings.Contains(page, "AGE-SECRET-KEY") {
		t.Error("the page itself carries the identity in plain")
	}
	wantText(t, page, `<svg`, `role="img"`)
}

func TestAPlaceThatDoesNotWorkIsSaid(t *testing.T) {
	r, b := claimed(t)
	first, second := toKit(t, b)
	b.lead("/setup/kit", readBack(first, second), "/setup/place")
	b.refused("/setup/place", url.Values{"how": {"folder"}}, `id="err-folder"`)
	b.refused("/setup/place", url.Values{"how": {"bucket"}}, `id="err-bucket"`)
	b.refused("/setup/place", url.Values{"how": {"bucket"}, "bucket": {"salon"}}, `id="err-endpoint"`)
	b.refused("/setup/place", url.Values{"how": {"place:/media/usb/red"}}, "This drive is not plugged in any more.")
	r.now(func(r *run) { r.trouble = salon.E(salon.Unreachable, "The backup target is full.") })
	bucket := url.Values{"how": {"bucket"}, "bucket": {"salon"}, "endpoint": {"s3.example.com"}, "access": {"AK"}, "secret": {"very-secret-key"}}
	page := b.refused("/setup/place", bucket, "The backup target is full.", `value="salon"`, `value="AK"`)
	if strings.Contains(page, "very-secret-key") {
		t.Error("the secret key was put back into the page")
	}
	if r.st != nil {
		t.Fatal("the salon was founded all the same")
	}
	r.now(func(r *run) { r.trouble = nil })
	b.lead("/setup/place", bucket, "/done")
	if r.place.Endpoint != "https://s3.example.com" || r.place.SecretKey != "very-secret-key" {
		t.Errorf("the place is %+v", r.place)
	}
}

func TestTheDemoShowsItsLoginsInTheChosenLanguage(t *testing.T) {
	r, b := claimed(t)
	status, page := b.post("/demo", nil)
	if status != http.StatusOK {
		t.Fatalf("%d\n%s", status, page)
	}
	wantText(t, page, "owner@demo.example", "plum-river-stone", "Reception", "/signin")
	b.post("/device", url.Values{"lang": {"zh-CN"}, "back": {"/welcome"}})
	_, page = b.post("/demo", nil)
	wantText(t, page, `lang="zh-CN"`, "前台")
	if r.spoken != "zh-CN" {
		t.Errorf("the demo speaks %q", r.spoken)
	}
}
