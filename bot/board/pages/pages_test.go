package pages_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"

	"engawa/bot/board"
	"engawa/bot/board/pages"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/catalogue"
)

type site struct {
	t      testing.TB
	url    string
	rdb    redis.UniversalClient
	echo   *echo.Echo
	log    *bytes.Buffer
	client *http.Client
	store  *board.Store
	follow *board.Follower
	now    time.Time
	link   string
	group  string
	extra  []*catalogue.Entry
	pages  *pages.Pages
}

// asked lets questions have words.
func (s *site) asked(words func(context.Context, *board.Question) (string, bool)) {
	s.pages.Asked = words
}

func open(t testing.TB, trusted bool) *site {
	t.Helper()
	rdb := redistest.Client(t)
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(t.Context(), rdb, rdb, master)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, rdb: rdb, log: &bytes.Buffer{}, now: time.Date(2026, 11, 20, 12, 0, 0, 0, catalogue.Tokyo)}
	now := func() time.Time { return s.now }
	s.store = board.New(rdb, vault, now)
	s.follow = board.Follow(s.store, slog.New(slog.DiscardHandler))
	house := &flows.House{Name: "縁側", City: "ひなた区", Closed: map[string]string{"2027-02-11": "建国記念の日", "2027-12-31": "年末年始"}}
	p, err := pages.New(pages.Parts{
		Store: s.store, Board: s.follow, House: func() *flows.House { return house }, URL: func() string { return s.url }, Now: now, Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Entries: func() []*catalogue.Entry { return append(s.follow.Now().Entries(), s.extra...) },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.pages = p
	e := echo.New()
	s.echo = e
	p.Register(e)
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	s.url = server.URL
	s.client = s.browser()
	g, err := s.store.Register(t.Context(), "group1", board.NewGroup{Name: "ひだまりの会", Trusted: trusted, Area: "みなみ"}, "f")
	if err != nil {
		t.Fatal(err)
	}
	in, err := s.store.Invite(t.Context(), "invite1", g.ID, 3, time.Hour, true, "f")
	if err != nil {
		t.Fatal(err)
	}
	_, m, err := s.store.Join(t.Context(), "member1", in.Code, "たんぽぽ", "test", "")
	if err != nil {
		t.Fatal(err)
	}
	s.group = g.ID
	if s.link, err = s.store.NewLink(t.Context(), g.ID, m.ID); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func (s *site) get(path string) (int, string) {
	s.t.Helper()
	r, err := s.client.Get(s.url + path)
	return s.read(r, err)
}

func (s *site) read(r *http.Response, err error) (int, string) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

var hidden = regexp.MustCompile(`name="(token|act)" value="([^"]*)"`)

// submit sends a form as a browser does, with what the page before had hidden in it.
func (s *site) submit(page, path string, fields url.Values) (int, string) {
	s.t.Helper()
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(page, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	for k, v := range fields {
		form[k] = v
	}
	r, err := s.client.PostForm(s.url+path, form)
	return s.read(r, err)
}

// enter opens the one-time link.
func (s *site) enter() string {
	s.t.Helper()
	_, page := s.get("/g/in/" + s.link)
	status, home := s.submit(page, "/g/in/"+s.link, nil)
	if status != http.StatusOK || !strings.Contains(home, "新しくのせる") {
		s.t.Fatalf("got %d: %s", status, home)
	}
	return home
}

// write posts the monthly quiet tea, with a title.
func (s *site) write(title string) (int, string) {
	s.t.Helper()
	_, page := s.get("/g")
	_, page = s.submit(page, "/g/new", nil)
	for step, fields := range []url.Values{
		{"title": {title}, "lead": {"お茶を飲んで、ぼんやりします。"}},
		{"day": {"2026-12-12"}, "from": {"14:00"}, "to": {"16:00"}, "repeat": {"nth"}, "holidays": {"off"}},
		{"place": {"あおぞら会館 2階"}, "station": {"ひなた駅"}, "way": {"歩いて5分"}},
		{"fact": {"話さなくてOK", "途中で帰れる"}, "lang": {"English"}},
		{"arrive": {"「はじめてです」だけで大丈夫です。"}, "onday": {"緑のエプロンの人"}},
	} {
		status, next := s.submit(page, fmt.Sprint("/g/post?step=", step+1), fields)
		if status != http.StatusOK {
			s.t.Fatalf("step %d: got %d: %s", step+1, status, next)
		}
		page = next
	}
	return s.submit(page, "/g/send", nil)
}

func (s *site) only() *board.Post {
	s.t.Helper()
	if err := s.follow.Look(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	for _, p := range s.follow.Now().Posts {
		return p
	}
	s.t.Fatal("there is no post")
	return nil
}

func TestAGroupPostsAMonthlyTeaInSixStepsWithoutAScript(t *testing.T) {
	s := open(t, true)
	s.enter()
	if status, page := s.write("静かなお茶の会"); status != http.StatusOK || !strings.Contains(page, "静かなお茶の会") {
		t.Fatalf("got %d: %s", status, page)
	}
	p := s.only()
	if w := p.Live.Times[0]; w.Rule != catalogue.Monthly(2, time.Saturday) || w.Holidays != catalogue.HolidaysOff || p.Live.Kind != catalogue.Ibasho {
		t.Errorf("got %+v", w)
	}
	if strings.Contains(p.Live.Name(), "<") {
		t.Error("got markup")
	}
	_, public := s.get("/event/" + p.ID)
	for _, want := range []string{"静かなお茶の会", "毎月 第2土曜", "あおぞら会館", "話さなくてOK", "緑のエプロンの人", "日本語・English"} {
		if !strings.Contains(public, want) {
			t.Errorf("the public page does not say %s", want)
		}
	}
	if strings.Contains(public, "<script") {
		t.Error("a public page needs a script")
	}
}

func TestSendingTwiceIsOnePost(t *testing.T) {
	s := open(t, true)
	s.enter()
	s.write("お茶")
	before := s.only()
	for range 3 {
		if status, _ := s.submit(`name="token" value="`+s.token()+`"`, "/g/send", url.Values{"act": {before.ID}}); status != http.StatusOK {
			t.Errorf("a second tap gets %d", status)
		}
	}
	if s.only(); len(s.follow.Now().Posts) != 1 {
		t.Errorf("got %d posts, want one", len(s.follow.Now().Posts))
	}
}

func (s *site) token() string {
	_, home := s.get("/g")
	return hidden.FindStringSubmatch(home)[2]
}

func TestTheSameAsLastTimeTakesTwoTaps(t *testing.T) {
	s := open(t, true)
	s.enter()
	s.write("お茶")
	p := s.only()
	_, home := s.get("/g")
	_, preview := s.submit(home, "/g/p/"+p.ID+"/again", nil) // one
	if !strings.Contains(preview, "たしかめて送る") {
		t.Fatalf("got %s", preview)
	}
	s.submit(preview, "/g/send", nil) // two
	if s.only(); len(s.follow.Now().Posts) != 2 {
		t.Errorf("got %d posts, want two", len(s.follow.Now().Posts))
	}
}

func TestADraftIsThereTomorrowAndTheLinkOpensOnlyOnce(t *testing.T) {
	s := open(t, true)
	home := s.enter()
	_, page := s.submit(home, "/g/new", nil)
	s.submit(page, "/g/post?step=1", url.Values{"title": {"書きかけの会"}})
	s.now = s.now.Add(24 * time.Hour)
	if _, page := s.get("/g/post?step=1"); !strings.Contains(page, "書きかけの会") {
		t.Error("the draft is gone")
	}
	s.client = s.browser()
	_, page = s.get("/g/in/" + s.link)
	if status, page := s.submit(page, "/g/in/"+s.link, nil); status != http.StatusForbidden || !strings.Contains(page, "もう使えません") {
		t.Errorf("a used link opens for another browser: %d", status)
	}
}

// TestAnAddressThatIsNoneSaysSoKindly: half a link is no trouble of the house's.
func TestAnAddressThatIsNoneSaysSoKindly(t *testing.T) {
	s := open(t, true)
	s.enter()
	for _, path := range []string{"/g/nowhere", "/g/q/", "/g/p/"} {
		if status, page := s.submit("", path, nil); status != http.StatusNotFound || !strings.Contains(page, "このページは、いまはありません") {
			t.Errorf("%s: got %d: %s", path, status, page)
		}
	}
	if status, _ := s.get("/g/new"); status != http.StatusNotFound {
		t.Errorf("a form's address that is looked at: got %d", status)
	}
	if log := s.log.String(); log != "" {
		t.Errorf("the log says %s", log)
	}
}

func TestFormsOfOthersAreTurnedAway(t *testing.T) {
	s := open(t, true)
	s.enter()
	for name, send := range map[string]func() (int, string){
		"without the token": func() (int, string) { return s.submit("", "/g/new", nil) },
		"with another's":    func() (int, string) { return s.submit("", "/g/new", url.Values{"token": {strings.Repeat("0", 32)}}) },
		"from another site": func() (int, string) {
			r, err := http.NewRequest(http.MethodPost, s.url+"/g/new", strings.NewReader("token="+s.token()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			got, err := s.client.Do(r)
			return s.read(got, err)
		},
	} {
		if status, _ := send(); status != http.StatusForbidden {
			t.Errorf("%s: got %d, want it refused", name, status)
		}
	}
	s.client = s.browser()
	if status, _ := s.get("/g"); status != http.StatusForbidden {
		t.Errorf("a browser without a link gets %d", status)
	}
}

func TestAScriptInATitleIsOnlyText(t *testing.T) {
	s := open(t, true)
	s.enter()
	s.write(`<script>alert(1)</script>`)
	p := s.only()
	for _, path := range []string{"/g", "/g/p/" + p.ID, "/event/" + p.ID, "/calendar", "/event/" + p.ID + "/print"} {
		status, page := s.get(path)
		if status != http.StatusOK || strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("%s: got %d, want the title as text", path, status)
		}
	}
}

func TestJoiningByAnInvitationOpensThePage(t *testing.T) {
	s := open(t, true)
	in, err := s.store.Invite(t.Context(), "invite2", s.group, 1, time.Hour, false, "f")
	if err != nil {
		t.Fatal(err)
	}
	_, page := s.get("/g/join/" + in.Code)
	if status, home := s.submit(page, "/g/join", url.Values{"code": {in.Code}, "name": {"すみれ"}}); status != http.StatusOK || !strings.Contains(home, "すみれ") {
		t.Errorf("got %d: %s", status, home)
	}
}

func TestAnOnlineLinkAndASafePlaceAreOnNoPublicPage(t *testing.T) {
	s := open(t, true)
	s.extra = []*catalogue.Entry{{
		ID: "safe", Kind: catalogue.Ibasho, Title: catalogue.Ja("夜の部屋"), State: catalogue.Published, Verified: s.now, By: "f", Tags: []string{"夜"},
		Where: catalogue.Where{Asked: true, Place: catalogue.Ja("みどり荘"), Way: "桜の木のとなり", Online: "https://meet.example/secret"},
		Times: catalogue.SaidTimes("土曜の21時から22時"),
	}}
	for _, path := range []string{"/event/safe", "/event/safe/print", "/calendar", "/feed/all.ics", "/feed/event/safe.ics", "/feed/tag/%E5%A4%9C.ics"} {
		status, page := s.get(path)
		if status != http.StatusOK || !strings.Contains(page, "夜の部屋") {
			t.Errorf("%s: got %d", path, status)
		}
		for _, secret := range []string{"みどり荘", "桜の木", "meet.example"} {
			if strings.Contains(page, secret) {
				t.Errorf("%s tells %s", path, secret)
			}
		}
	}
}

func TestPublicPagesNeedNoCookieAndAreKept(t *testing.T) {
	s := open(t, true)
	s.enter()
	s.write("お茶")
	p := s.only()
	s.client = s.browser()
	for _, path := range []string{"/calendar", "/event/" + p.ID, "/feed/all.ics"} {
		r, err := s.client.Get(s.url + path)
		if err != nil {
			t.Fatal(err)
		}
		mark := r.Header.Get("ETag")
		if len(r.Cookies()) > 0 || !strings.HasPrefix(r.Header.Get("Cache-Control"), "public") || mark == "" {
			t.Errorf("%s: cookies %v, cache %q", path, r.Cookies(), r.Header.Get("Cache-Control"))
		}
		_, _ = s.read(r, nil)
		again, err := http.NewRequest(http.MethodGet, s.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		again.Header.Set("If-None-Match", mark)
		r, err = s.client.Do(again)
		if status, _ := s.read(r, err); status != http.StatusNotModified {
			t.Errorf("%s: asked again, got %d", path, status)
		}
	}
}

func TestACancelledDateAndARecalledGroupStandInTheFeedWithoutWords(t *testing.T) {
	s := open(t, true)
	s.enter()
	s.write("静かなお茶の会")
	p := s.only()
	_, page := s.get("/g/p/" + p.ID)
	if status, _ := s.submit(page, "/g/p/"+p.ID+"/cancel", url.Values{"day": {"2026-12-12"}}); status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	_, feed := s.get("/feed/area/" + url.PathEscape("みなみ") + ".ics")
	events := parse(t, feed)
	if len(events) != 2 {
		t.Fatalf("got %d events, want the series and the date that is off", len(events))
	}
	off := events[1]
	if off.GetProperty(ics.ComponentPropertyStatus).Value != "CANCELLED" || off.GetProperty(ics.ComponentPropertySummary) != nil ||
		off.GetProperty(ics.ComponentPropertyRecurrenceId).Value != "20261212T140000" {
		t.Errorf("got %s", off.Serialize(&ics.SerializationConfiguration{MaxLength: 75, NewLine: "\n", PropertyMaxLength: 75}))
	}
	s.now = s.now.AddDate(0, 0, 30)
	_, feed = s.get("/feed/all.ics")
	if strings.Contains(feed, "CANCELLED") || !strings.Contains(feed, "EXDATE;TZID=Asia/Tokyo:") {
		t.Errorf("once it is past, the date only stays away:\n%s", feed)
	}
	if _, err := s.store.Set(t.Context(), "recall1", s.group, board.Recalled, "f"); err != nil {
		t.Fatal(err)
	}
	s.only()
	_, feed = s.get("/feed/all.ics")
	if strings.Contains(feed, "お茶") || strings.Contains(feed, "会館") || !strings.Contains(feed, "STATUS:CANCELLED") {
		t.Errorf("a recalled group has words in the feed:\n%s", feed)
	}
	if status, _ := s.get("/event/" + p.ID); status != http.StatusNotFound {
		t.Errorf("the page of a recalled post answers %d", status)
	}
}

func parse(t *testing.T, feed string) []*ics.VEvent {
	t.Helper()
	cal, err := ics.ParseCalendar(strings.NewReader(feed))
	if err != nil {
		t.Fatalf("%v in\n%s", err, feed)
	}
	return cal.Events()
}

func TestFeedsAreReadByAStrictParserOfAnotherMaker(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, catalogue.Tokyo)
	closed := catalogue.Closed{"2026-11-23": "勤労感謝の日", "2027-01-11": "成人の日", "2027-12-31": "年末年始"}
	long := strings.Repeat("とても長い説明です。", 30)
	all := []*catalogue.Entry{
		{ID: "monday", Kind: catalogue.Ibasho, Title: catalogue.Ja("月曜の会; 名前,に\\記号"), Lead: catalogue.Ja(long), State: catalogue.Published, Changed: now, Times: []catalogue.When{{
			Start: "2026-11-02T10:00", End: "2026-11-02T12:00", Rule: catalogue.Weekly(1, time.Monday), Holidays: catalogue.HolidaysOff,
			Changes: []catalogue.Change{{Day: "2026-12-07", Start: "2026-12-08T10:00", End: "2026-12-08T12:00"}}, Extra: []catalogue.Local{"2026-12-12T10:00"}}}},
		{ID: "night", Kind: catalogue.Event, Title: catalogue.Ja("年越し"), State: catalogue.Published, Changed: now, Times: []catalogue.When{{Start: "2026-12-31T22:00", End: "2027-01-01T05:00"}}},
		{ID: "off", Kind: catalogue.Event, Title: catalogue.Ja("中止の会"), State: catalogue.Published, Changed: now, Times: []catalogue.When{{Start: "2026-12-31T22:00", End: "2027-01-01T05:00", Changes: []catalogue.Change{{Day: "2026-12-31"}}}}},
	}
	raw, err := pages.Calendar("縁側", "https://engawa.example", all, closed, now)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		if !bytes.HasSuffix(line, []byte("\r\n")) || len(line) > 77 {
			t.Errorf("a line of %d octets or without CRLF: %q", len(line), line)
		}
	}
	events := parse(t, string(raw))
	if len(events) != 4 {
		t.Fatalf("got %d events, want 4 in\n%s", len(events), raw)
	}
	monday := events[0]
	if got, want := monday.GetProperty(ics.ComponentPropertySummary).Value, "月曜の会; 名前,に\\記号"; ics.FromText(got) != want && got != want {
		t.Errorf("got title %q, want %q", got, want)
	}
	if got := monday.GetProperty(ics.ComponentPropertyExdate).Value; !strings.Contains(got, "20261123T100000") || !strings.Contains(got, "20270111T100000") {
		t.Errorf("got EXDATE %s, want the holidays", got)
	}
	if got := monday.GetProperty(ics.ComponentPropertyRrule).Value; !strings.HasSuffix(got, ";UNTIL=20271231T145959Z") {
		t.Errorf("got RRULE %s, want it to end where the holidays are known to", got)
	}
	if start, err := monday.GetStartAt(); err != nil || !start.Equal(time.Date(2026, 11, 2, 10, 0, 0, 0, catalogue.Tokyo)) {
		t.Errorf("got start %v, %v", start, err)
	}
	if got := events[1].GetProperty(ics.ComponentPropertyRecurrenceId).Value; got != "20261207T100000" {
		t.Errorf("got RECURRENCE-ID %s", got)
	}
	if events[3].GetProperty(ics.ComponentPropertyStatus).Value != "CANCELLED" || events[3].GetProperty(ics.ComponentPropertySummary) != nil {
		t.Error("a single date that is off stands with its words")
	}
	if !bytes.Contains(raw, []byte("BEGIN:VTIMEZONE\r\nTZID:Asia/Tokyo")) {
		t.Errorf("the zone is not in the feed:\n%s", raw)
	}
}

// upload sends a picture in step 5 and gives the page that answers.
func (s *site) upload(name string, raw []byte) string {
	s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("token", s.token())
	_ = w.WriteField("arrive", "どうぞ")
	f, err := w.CreateFormFile("picture", name)
	if err == nil {
		_, err = f.Write(raw)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	_ = w.Close()
	r, err := s.client.Post(s.url+"/g/post?step=5", w.FormDataContentType(), &body)
	_, page := s.read(r, err)
	return page
}

// A calendar with ten thousand dates that are off, and one with ten thousand that were
// never meant, are feeds like any other.
func TestACalendarWithTenThousandExceptionsIsAFeedLikeAnyOther(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, catalogue.Tokyo)
	never := catalogue.When{Start: "2000-01-01T10:00", End: "2000-01-01T11:00", Rule: "FREQ=DAILY"}
	off := catalogue.When{Start: "2026-11-21T10:00", End: "2026-11-21T11:00", Rule: "FREQ=DAILY"}
	for n := range 10_000 {
		never.Except = append(never.Except, catalogue.DayOf(time.Date(2000, 1, 2+n, 0, 0, 0, 0, catalogue.Tokyo)))
		off.Changes = append(off.Changes, catalogue.Change{Day: catalogue.DayOf(now.AddDate(0, 0, 1+n))})
	}
	all := []*catalogue.Entry{
		{ID: "never", Kind: catalogue.Ibasho, Title: catalogue.Ja("毎日の会"), State: catalogue.Published, Changed: now, Times: []catalogue.When{never}},
		{ID: "off", Kind: catalogue.Ibasho, Title: catalogue.Ja("毎日の会"), State: catalogue.Published, Changed: now, Times: []catalogue.When{off}},
	}
	raw, err := pages.Calendar("縁側", "https://engawa.example", all, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		if len(line) > 77 || !utf8.Valid(line) {
			t.Fatalf("a line of %d octets, or cut within a character", len(line))
		}
	}
	cancelled := 0
	for _, e := range parse(t, string(raw)) {
		if p := e.GetProperty(ics.ComponentPropertyStatus); p != nil && p.Value == "CANCELLED" {
			cancelled++
		}
	}
	if got := strings.Count(string(parse(t, string(raw))[0].GetProperty(ics.ComponentPropertyExdate).Value), ",") + 1; got < 9_000 || cancelled != 10_000 {
		t.Errorf("got %d dates that never were and %d that are off, want all of them", got, cancelled)
	}
}
