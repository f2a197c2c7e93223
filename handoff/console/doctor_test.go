package console

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

// examined puts a check-up behind the pages and lets a supervisor in by the link.
func examined(c *Checkup, seen *[]string) func(*Parts) {
	return func(p *Parts) {
		p.Guest = Guest{Code: "teatime", Name: "kaede"}
		p.Checkup = func(context.Context) (Checkup, error) {
			if c == nil {
				return Checkup{}, errors.New("the store is away")
			}
			return *c, nil
		}
		p.Looked = func(_ context.Context, what string, _ time.Time) error {
			*seen = append(*seen, what)
			return nil
		}
	}
}

func checkup() *Checkup {
	return &Checkup{At: time.Date(2026, 11, 25, 6, 10, 0, 0, japan), Findings: []Finding{
		{"token", true, "LINE がこちらのトークンを受けつけます", "LINE takes our token"},
		{"redelivery", false, "Webhook の再送を、まだ確かめていません。`engawa setup --prove` で一度だけ試せます", "redelivery has not been proved: engawa setup --prove"},
		{"autoreply", false, "応答メッセージとあいさつメッセージが切れているか、LINE の画面で見てください（月に一度）", "look whether auto-reply and greeting are off"},
	}}
}

const calmLine = "点検で、気になることが2つあります。"

func TestWhoMindsTheMachineSeesTheCalmLineAndNobodyElse(t *testing.T) {
	var seen []string
	h := newHouse(t, examined(checkup(), &seen))
	for name, path := range map[string]string{"kaede": "/", "admin": "/ledger"} {
		if got := h.as(t, name).get(path); !strings.Contains(got.body, calmLine) {
			t.Errorf("%s does not see the line", name)
		}
	}
	if got := h.as(t, "suzu").get("/"); strings.Contains(got.body, "点検") {
		t.Error("a coordinator is bothered by the machine")
	}
	if got := h.as(t, "suzu").get("/doctor"); got.StatusCode != http.StatusForbidden {
		t.Errorf("a coordinator gets %d, want 403", got.StatusCode)
	}
}

func TestSilenceIsSaidAtTheTop(t *testing.T) {
	var seen []string
	c := checkup()
	c.Silent = time.Date(2026, 11, 25, 9, 30, 0, 0, japan)
	h := newHouse(t, examined(c, &seen))
	for _, path := range []string{"/ledger", "/doctor"} {
		if got := h.as(t, "admin").get(path); !strings.Contains(got.body, "9:30から、LINE から何も届いていません") && !strings.Contains(got.body, "09:30から、LINE から何も届いていません") {
			t.Errorf("%s does not say that nothing comes from LINE", path)
		}
	}
}

func TestAPersonSaysThatTheyHaveLooked(t *testing.T) {
	var seen []string
	h := newHouse(t, examined(checkup(), &seen))
	admin := h.as(t, "admin")
	if got := admin.post("/doctor/seen", "what", "autoreply"); !strings.Contains(got.body, "ひと月たったら") || len(seen) != 1 {
		t.Errorf("got %d, seen %v", got.StatusCode, seen)
	}
	if got := admin.post("/doctor/seen", "what", "token"); got.StatusCode != http.StatusNotFound || len(seen) != 1 {
		t.Errorf("what no person can see was taken: %d, %v", got.StatusCode, seen)
	}
}

func TestWithoutTheStoreThePagesStandWithoutTheLine(t *testing.T) {
	var seen []string
	h := newHouse(t, examined(nil, &seen))
	if got := h.as(t, "admin").get("/ledger"); got.StatusCode != http.StatusOK || strings.Contains(got.body, "点検で") {
		t.Errorf("got %d", got.StatusCode)
	}
}

func TestTheCheckupIsUsableByEverybody(t *testing.T) {
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		t.Run(on.name+" "+on.theme, func(t *testing.T) {
			var seen []string
			c := checkup()
			h := newHouse(t, examined(c, &seen))
			h.fill()
			v := h.signedIn(t, on.size, on.theme)
			v.axe("line with the calm line")
			v.shot(on.name + "-" + on.theme + "-health-line")
			c.Silent = time.Date(2026, 11, 25, 9, 30, 0, 0, japan)
			v.open("/doctor")
			v.axe("doctor")
			v.shot(on.name + "-" + on.theme + "-doctor")
		})
	}
}
