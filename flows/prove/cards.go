package prove

import (
	"regexp"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"engawa/flows"
)

// always are the three numbers that every house shows, whatever the day.
var always = []string{"110", "119", "189"}

var (
	dialled = regexp.MustCompile(`^(#?[0-9]{3,4}|0[0-9-]{8,13})$`)
	inText  = regexp.MustCompile(`#[0-9]{4}|0[0-9]{1,4}-[0-9]{1,4}-[0-9]{3,4}|0[0-9]{9,10}|[0-9]+`)
	counter = regexp.MustCompile(`^(?:円|人|日|時|分|回|枚|年|か月|ヶ月|週|歳|点|m|メートル|番地|号|階|冊|%|％|パーセント)`)
)

// cards holds every offer against its shelf life, and looks what stands in its place.
func (c *checker) cards(all []said) {
	used := c.usedCards()
	phones := map[string]bool{}
	for _, card := range c.sortedCards() {
		c.held("card")
		phones[strings.ReplaceAll(card.Phone, "-", "")] = true
		c.itself(card)
		c.shelf(card, used[card.ID])
		c.instead(card)
	}
	for _, n := range always {
		if !c.shows(n) {
			c.find(Finding{Property: "card", Severity: Error, Key: "card/" + n, Why: n + " のカードがありません。この3つの番号は、いつでも出ます。", Fix: "「いつも出す: はい」のカードを置きます。"})
		}
	}
	c.numbers(all, phones)
}

func (c *checker) shows(phone string) bool {
	for _, card := range c.b.Cards {
		if card != nil && card.Always && card.Phone == phone {
			return true
		}
	}
	return false
}

// usedCards are those that a scene shows, or that stand in for one.
func (c *checker) usedCards() map[flows.CardID]bool {
	used := map[flows.CardID]bool{}
	use := func(key string, id flows.CardID) {
		for hops := 0; id != "" && hops < 8; hops++ {
			card := c.b.Cards[id]
			if card == nil {
				c.find(Finding{Property: "card", Severity: Error, Key: key, Why: "カード「" + string(id) + "」がありません。", Fix: "cards/" + string(id) + ".yaml を作るか、名前を直します。"})
				return
			}
			used[id] = true
			id = card.Instead
		}
	}
	for _, sc := range c.sortedScenes() {
		for _, id := range sc.Cards {
			use(string(sc.Key), id)
		}
		if sc.Handoff != nil {
			use(string(sc.Key), sc.Handoff.OffHours)
		}
	}
	return used
}

// itself looks at what a card says of itself.
func (c *checker) itself(card *flows.Card) {
	key := "card/" + string(card.ID)
	bad := func(s Severity, why, fix string) {
		c.find(Finding{Property: "card", Severity: s, Key: key, Why: why, Fix: fix})
	}
	if card.Phone != "" && !dialled.MatchString(card.Phone) {
		bad(Error, "電話番号「"+card.Phone+"」は、かけられる形ではありません。", "市外局番から、半角の数字で書きます。")
	}
	if card.Phone != "" && card.Hours[flows.Ja] == "" {
		bad(Error, "電話があるのに、いつ話せるかがありません。", "「時間」を書きます。")
	}
	if card.URL != "" && !strings.HasPrefix(card.URL, "https://") {
		bad(Error, "ページの住所が https:// で始まっていません。", "")
	}
	if card.Title[flows.Ja] == "" || card.Lead[flows.Ja] == "" {
		bad(Error, "「題」か「ひとこと」がありません。", "")
	}
	if card.Always && !has(always, card.Phone) {
		bad(Error, "「いつも出す」は 110・119・189 だけです。", "")
	}
	if card.Kind != "memo" && !card.Always && card.Source == "" {
		bad(Warning, "どこで知ったことか(出典)がありません。", "「出典」の「もと」に書きます。")
	}
	if card.Kind != "memo" && card.Arrive[flows.Ja] == "" {
		bad(Warning, "行ったら・かけたら何が起きるかがありません。", "「行ったら」に、次の小さな一歩を書きます。")
	}
}

// shelf: unverified, expired, or about to be. A scene whose card is hidden shows
// the one that stands in for it; with none the person gets nothing.
func (c *checker) shelf(card *flows.Card, used bool) {
	key := "card/" + string(card.ID)
	if card.Kind == "memo" || card.Always {
		return
	}
	if !used && !c.searches() {
		c.find(Finding{Property: "card", Severity: Warning, Key: key, Why: "このカードは、どの場面にも出ません。", Fix: "場面の「カード」に書くか、消します。"})
	}
	if card.By == "" || card.Verified.IsZero() {
		c.report.Unverified = append(c.report.Unverified, string(card.ID))
		c.find(Finding{Property: "card", Severity: Warning, Key: key, Why: "まだだれも確かめていないカードです。住民には出ません(かわりのカードが出ます)。", Fix: "電話やページで確かめて、「確かめた日」と「確かめた人」を書きます。"})
	} else if card.Verified.After(c.date.AddDate(0, 0, 1)) {
		c.find(Finding{Property: "card", Severity: Error, Key: key, Why: "「確かめた日」が先の日付です。", Fix: "確かめた日を書きます。"})
	} else if !card.Fresh(c.date) {
		c.find(Finding{Property: "card", Severity: Error, Key: key, Why: "確かめた日から長くたったか、期限が過ぎています(" + when(card.Verified) + " 確認)。", Fix: "もう一度確かめて、日付を書きなおします。"})
	}
	if used && c.b.Showable(card.ID, c.date) == nil {
		c.find(Finding{Property: "card", Severity: Error, Key: key, Why: "このカードが出せないとき、代わりに出るものがありません。", Fix: "「かわり」に、メモのカード(kakunin など)を書きます。"})
	}
}

func when(t time.Time) string { return t.Format(time.DateOnly) }

func (c *checker) searches() bool {
	for _, sc := range c.bones.Scenes {
		if sc.Write == flows.WriteSearch {
			return true
		}
	}
	return false
}

// instead follows かわり: it ends somewhere, at something that can be shown.
func (c *checker) instead(card *flows.Card) {
	seen := map[flows.CardID]bool{card.ID: true}
	for id := card.Instead; id != ""; {
		c.held("card")
		if seen[id] || len(seen) > 3 {
			c.find(Finding{Property: "card", Severity: Error, Key: "card/" + string(card.ID), Why: "「かわり」をたどると、同じカードにもどるか、長く続きすぎます。", Fix: "「かわり」を、メモのカードにします。"})
			return
		}
		next := c.b.Cards[id]
		if next == nil {
			c.find(Finding{Property: "card", Severity: Error, Key: "card/" + string(card.ID), Why: "「かわり」のカード「" + string(id) + "」がありません。", Fix: "名前を直します。"})
			return
		}
		seen[id] = true
		id = next.Instead
	}
	if card.Kind != "memo" && !card.Always && c.b.Showable(card.ID, c.date.AddDate(5, 0, 0)) == nil {
		c.find(Finding{Property: "card", Severity: Warning, Key: "card/" + string(card.ID), Why: "確かめた日が古くなったとき、代わりに出るものがありません。", Fix: "「かわり」に、メモのカードを書きます。"})
	}
}

// numbers: a number that one would dial, written in a sentence, is on some card.
func (c *checker) numbers(all []said, phones map[string]bool) {
	for _, s := range all {
		text := norm.NFKC.String(s.p[flows.Ja])
		if s.p[flows.Ja] != text && strings.ContainsAny(s.p[flows.Ja], "０１２３４５６７８９") {
			c.find(Finding{Property: "text", Severity: Warning, Key: s.key, Why: "全角の数字があります。", Fix: "半角にします。読み上げや電話のリンクが正しく働きます。"})
		}
		for _, at := range inText.FindAllStringIndex(text, -1) {
			n := strings.ReplaceAll(text[at[0]:at[1]], "-", "")
			dial := n[0] == '#' || n[0] == '0' && len(n) >= 9 || n[0] == '1' && len(n) == 3
			if dial && !phones[n] && !counter.MatchString(text[at[1]:]) {
				c.find(Finding{Property: "card", Severity: Error, Key: s.key, Why: "番号 " + n + " は、どのカードにもありません。", Fix: "番号をたしかめます。カードにある番号だけを書きます。"})
			}
		}
	}
}

// routes: every flow has somewhere to go without a name, or a human.
func (c *checker) routes() {
	for _, id := range c.b.Order {
		if c.b.Flows[id] == nil {
			continue
		}
		c.held("route")
		anonymous, human := false, false
		for _, sc := range c.sortedScenes() {
			if sc.Flow != id {
				continue
			}
			human = human || sc.Handoff != nil || sc.Write == flows.WriteHuman
			for _, cid := range sc.Cards {
				card := c.b.Cards[cid]
				anonymous = anonymous || card != nil && (card.Anon || card.Always)
			}
			for i := range sc.Choices { // a door to another flow's human counts
				next := c.bones.Scenes[sc.Choices[i].Next]
				human = human || next != nil && next.Flow != id && (next.Handoff != nil || next.Write == flows.WriteHuman)
			}
		}
		if !anonymous && !human {
			c.find(Finding{Property: "route", Severity: Error, Key: string(id), Why: "この流れには、名前を言わずに行ける先も、人につながる道もありません。", Fix: "「匿名: はい」のカードか、「つなぐ」の場面を置きます。"})
		}
	}
}
