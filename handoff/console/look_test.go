package console

import (
	"fmt"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// fill gives the house a quiet afternoon: some wait, one of them urgently, and
// two talks go on.
func (h *house) fill() {
	h.wait("c1", "あおいやまどり 3", 12, urgent)
	h.wait("c2", "みどりのつばめ 27", 38)
	h.wait("c3", "しろいかもめ 8", 4, func(c *handoff.Case) { c.Topic, c.Lang, c.Scene = "place", flows.Vi, "ibasho/近く" })
	h.wait("c4", "きいろのふくろう 51", 2, func(c *handoff.Case) {
		c.Topic, c.Urgency, c.Level, c.Rules, c.Last = "family", flows.Violence, flows.Worry, []string{"v-2"}, handoff.Staff{Name: "kaede", Alias: "かえで"}
	})
	mine := h.wait("c5", "あかいほたる 14", 95, func(c *handoff.Case) {
		c.State, c.Staff, c.Claimed, c.First = handoff.Talking, handoff.Staff{Name: "suzu", Alias: "すずらん"}, h.now.Add(-80*time.Minute), h.now.Add(-75*time.Minute)
		c.Promise, c.ReadTo, c.Words = h.now.Add(25*time.Hour).Truncate(time.Hour), h.now.Add(-30*time.Minute), 1
	})
	answer := handoff.ActID("c5", "a1")
	h.words.add(mine.Person,
		Line{ID: answer, Event: answer, At: h.now.Add(-75 * time.Minute), By: "staff", Kind: "text", Staff: "すずらん", Text: "書いてくださって、ありがとうございます。すずらんです。\n大家さんへの言い方を、いっしょに考えられます。急がなくて大丈夫です。"},
		Line{ID: "c5-7", Event: "c5e7", At: h.now.Add(-50 * time.Minute), By: "resident", Kind: "text", Gone: true},
		Line{ID: "c5-8", Event: "c5e8", At: h.now.Add(-45 * time.Minute), By: "resident", Kind: "text", Text: "ありがとうございます。少し気が楽になりました。"},
		Line{ID: "c5-9", Event: "c5e9", At: h.now.Add(-44 * time.Minute), By: "resident", Kind: "sticker"},
		Line{ID: "c5-10", Event: "c5e10", At: h.now.Add(-5 * time.Minute), By: "resident", Kind: "text", Text: "さっき電話がきました"},
	)
	h.desk.fates["c5"] = map[string]handoff.Fate{answer: {State: "sent"}}
	h.desk.notes["c5"] = []handoff.Remark{{ID: "n1", At: h.now.Add(-70 * time.Minute), By: handoff.Staff{Name: "suzu", Alias: "すずらん"}, Text: "住居確保給付金の説明は次回。\n電話が苦手とのこと、同行も提案する。"}}
	h.desk.log["c5"] = []handoff.Entry{
		{At: h.now.Add(-95 * time.Minute), Do: handoff.DoOpen},
		{At: h.now.Add(-80 * time.Minute), By: "suzu", Do: handoff.DoClaim},
		{At: h.now.Add(-75 * time.Minute), By: "suzu", Do: handoff.DoAnswer},
	}
	h.wait("c6", "むらさきのもず 40", 60, func(c *handoff.Case) {
		c.State, c.Staff, c.Claimed = handoff.Talking, handoff.Staff{Name: "kaede", Alias: "かえで"}, h.now.Add(-50*time.Minute)
		c.Promise = h.now.Add(2 * time.Hour).Truncate(time.Hour)
	})
	h.wait("c7", "ももいろのうぐいす 5", 200, func(c *handoff.Case) {
		c.State, c.Staff, c.Claimed, c.First = handoff.Talking, handoff.Staff{Name: "kaede", Alias: "かえで"}, h.now.Add(-180*time.Minute), h.now.Add(-170*time.Minute)
		c.Promise, c.Waits, c.Words, c.Asked = h.now.Add(2*time.Hour).Truncate(time.Hour), time.Time{}, 0, handoff.Staff{Name: "suzu", Alias: "すずらん"}
	})
	h.desk.notes["c7"] = []handoff.Remark{{ID: "n2", At: h.now.Add(-20 * time.Minute), By: handoff.Staff{Name: "kaede", Alias: "かえで"}, Text: "夕方はいないので、つづきをお願いします。居場所の話の途中です。"}}
	h.letters.letters = []Letter{
		{ID: "d1", State: "uncertain", Class: "human", Alias: "みどりのつばめ 27", At: h.now.Add(-3 * time.Hour), Why: "uncertain"},
		{ID: "d2", State: "dead", Class: "in", At: h.now.Add(-26 * time.Hour)},
	}
	h.raise(h.desk.cases["c1"])
}

// TestEveryPageIsUsableByEverybody runs axe over every page, on three devices,
// by day and by night.
func TestEveryPageIsUsableByEverybody(t *testing.T) {
	pages := []struct{ name, path string }{
		{"line", "/"}, {"waiting", "/case/c2"}, {"mine", "/case/c5"}, {"urgent", "/case/c1"}, {"other", "/case/c6"}, {"asked", "/case/c7"}, {"handover", "/handover"},
		{"ledger", "/ledger"}, {"me", "/me"}, {"help", "/help"}, {"heard", "/help/urgent"}, {"missing", "/nowhere"},
	}
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "light"}, {desktop, "dark"}, {tablet, "light"}, {phone, "light"}, {phone, "dark"}} {
		t.Run(on.name+" "+on.theme, func(t *testing.T) {
			h := newHouse(t, forGuest)
			h.fill()
			v := h.screen(t, on.size, on.theme)
			v.open("/sign-in")
			v.axe("door")
			v.shot(fmt.Sprintf("%s-%s-door", on.name, on.theme))
			v.open("/enter/teatime")
			for _, p := range pages {
				if on.name == tablet.name && p.name != "line" && p.name != "mine" {
					continue // the other pages look there as on a desk
				}
				v.open(p.path)
				v.axe(p.name)
				v.shot(fmt.Sprintf("%s-%s-%s", on.name, on.theme, p.name))
			}
		})
	}
}

func TestAnEmptyHouseIsKind(t *testing.T) {
	h := newHouse(t, forGuest)
	v := h.signedIn(t, desktop, "light")
	if got := v.text(".none"); got != "いま待っている人はいません。お茶をどうぞ。" {
		t.Errorf("empty line says %q", got)
	}
	v.axe("empty line")
	v.shot("desktop-light-empty")
	v.open("/ledger")
	v.axe("empty ledger")
}
