package console

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"engawa/config/privacy"
	"engawa/handoff/staff"
)

// bare keeps second factors as they are: how they are sealed is proved elsewhere.
type bare struct{}

func (bare) Seal(_ context.Context, _ privacy.Owner, _ string, plain []byte) ([]byte, error) {
	return bytes.Clone(plain), nil
}

func (bare) Open(_ context.Context, _ privacy.Owner, _ string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, errors.New("nothing is sealed")
	}
	return bytes.Clone(sealed), nil
}

func secondsFor(roles ...staff.Role) func(*Parts) {
	return func(p *Parts) {
		with := p.Office.Accounts.With(staff.Second{Vault: bare{}, House: "縁側", Required: roles})
		p.Office.Accounts, p.Staff = with, with
	}
}

var (
	keyShape   = regexp.MustCompile(`<code class="secret">([A-Z2-7 ]+)</code>`)
	proofShape = regexp.MustCompile(`name="proof" value="([^"]+)"`)
)

func (a answer) find(t *testing.T, re *regexp.Regexp) string {
	t.Helper()
	m := re.FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("%s does not show %s", a.Request.URL.Path, re)
	}
	return m[1]
}

func (o *office) code(t *testing.T, secret string, steps int) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, o.now.Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// setUp sets a second factor up in a browser and gives its key.
func (o *office) setUp(t *testing.T, b *browser) string {
	t.Helper()
	page := b.post("/me/second/begin", "password", password)
	page.wants(t, http.StatusOK, `<svg class="qr"`, `autocomplete="one-time-code"`, `inputmode="numeric"`)
	secret := strings.ReplaceAll(page.find(t, keyShape), " ", "")
	b.get("/me/second").wants(t, http.StatusOK, page.find(t, keyShape)) // reloaded, it is the same
	b.post("/me/second/confirm", "code", "000000").wants(t, http.StatusUnprocessableEntity, "その番号では入れませんでした")
	b.post("/me/second/confirm", "code", o.code(t, secret, -1)).wants(t, http.StatusOK, "紙にひかえる番号", "あと10個")
	return secret
}

func TestASecondProofIsSetUpAndAskedForAndKeepsWhatWasWritten(t *testing.T) {
	o := newOffice(t, secondsFor())
	b := o.as(t, "suzu")
	b.post("/me/second/begin", "password", "違うことばです").wants(t, http.StatusUnprocessableEntity, "いまのパスワードが違う")
	secret := o.setUp(t, b)

	other := o.browser(t)
	asked := other.post("/sign-in", "name", "suzu", "password", password, "next", "/case/c1", "draft", "書きかけの返事です", "draft_for", "answer")
	asked.wants(t, http.StatusOK, "もう一つ、確かめます", "書きかけの返事です", `autocomplete="one-time-code"`, `inputmode="numeric"`)
	other.get("/").wants(t, http.StatusOK, "相談員の入口") // half a sign-in opens nothing
	proof := asked.find(t, proofShape)
	other.post("/sign-in/code", "proof", proof, "code", "123456", "draft", "書きかけの返事です").wants(t, http.StatusUnauthorized, "入れませんでした", "書きかけの返事です")
	other.post("/sign-in/code", "proof", proof, "code", o.code(t, secret, 0), "next", "/me").wants(t, http.StatusOK, "見え方とサインインを")
	late := o.browser(t).post("/sign-in/code", "proof", proof, "code", o.code(t, secret, 1), "draft", "まだある", "draft_for", "answer")
	late.wants(t, http.StatusUnauthorized, "時間がたちました", "まだある")

	admin := o.as(t, "admin")
	admin.get("/people/suzu").wants(t, http.StatusOK, "電話の番号で守られています")
	admin.post("/people/suzu/second/drop").wants(t, http.StatusOK, "電話の番号を外しました")
	b.get("/").wants(t, http.StatusOK, "相談員の入口")
	o.wrote(t, "suzu second-on suzu", " sign-in-refused suzu", "admin second-reset suzu")
}

func TestWhoMustHaveASecondProofComesNoFurtherWithoutIt(t *testing.T) {
	o := newOffice(t, secondsFor(staff.Supervisor))
	b := o.as(t, "kaede")
	for _, path := range []string{"/", "/me", "/overview", "/people"} {
		b.get(path).wants(t, http.StatusOK, "はじめにこの用意がいります")
	}
	b.get("/live").wants(t, http.StatusForbidden)
	b.post("/people/suzu/out", "date", "2026-12-01").wants(t, http.StatusOK, "はじめにこの用意がいります")
	if !o.shifts.OutUntil("suzu", o.now).IsZero() {
		t.Error("somebody without their second proof has changed the roster")
	}
	secret := o.setUp(t, b)
	b.get("/").wants(t, http.StatusOK, "待っている")
	b.post("/me/second/drop", "code", o.code(t, secret, 0)).wants(t, http.StatusUnprocessableEntity, "やめられません")
	o.as(t, "suzu").get("/").wants(t, http.StatusOK, "待っている")
}

func TestTheOtherDevicesAreSignedOutTogether(t *testing.T) {
	o := newOffice(t)
	here, there, admin := o.as(t, "suzu"), o.as(t, "suzu"), o.as(t, "admin")
	here.get("/me/devices").wants(t, http.StatusOK, "この端末", "ほかの端末")
	here.post("/me/devices/end").wants(t, http.StatusOK, "すべてサインアウトさせました")
	there.get("/").wants(t, http.StatusOK, "相談員の入口")
	here.get("/").wants(t, http.StatusOK, "待っている")
	admin.post("/people/suzu/sessions/end").wants(t, http.StatusOK, "すべての端末からサインアウトさせました")
	here.get("/").wants(t, http.StatusOK, "相談員の入口")
}

func TestThePagesOfTheSecondProofAreUsableByEverybody(t *testing.T) {
	o := newOffice(t, secondsFor(), func(p *Parts) { p.Guest = Guest{Code: "teatime", Name: "suzu"} })
	if err := o.begun(t); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		on    size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := o.signedIn(t, at.on, at.theme)
		for name, path := range map[string]string{"second": "/me/second", "devices": "/me/devices"} {
			v.open(path)
			v.axe(name)
			v.shot(at.on.name + "-" + at.theme + "-" + name)
		}
	}
}

// begun lets the page show the picture.
func (o *office) begun(t *testing.T) error {
	with := o.parts.Office.Accounts
	token, _, err := with.Login(t.Context(), "suzu", password, "")
	if err != nil {
		return err
	}
	return with.BeginSecond(t.Context(), token, password)
}
