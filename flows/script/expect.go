package script

import (
	"fmt"
	"strings"

	"engawa/flows"
)

// wrong looks whether an expectation came true, and says what came instead.
func (s *stage) wrong(l talkLine) string {
	switch l.does {
	case "候補":
		return lacks("画面のボタン", s.choices(), l.words)
	case "出口":
		return lacks("出口", s.exits(), l.words)
	case "カード":
		return lacks("カード", s.cards(), l.words)
	case "場面":
		if got := string(s.state.Scene); got != l.words[0] {
			return fmt.Sprintf("場面は「%s」のはずが「%s」でした。", l.words[0], got)
		}
	case "ことば", "送る":
		if l.does == "送る" && !s.has(flows.EfNudge) {
			return "こちらから送るはずが、送りませんでした。"
		}
		for _, w := range l.words {
			if !strings.Contains(s.texts(), w) {
				return fmt.Sprintf("「%s」と言うはずが、言ったのは「%s」でした。", w, s.texts())
			}
		}
	case "いわない":
		for _, w := range l.words {
			if strings.Contains(s.texts(), w) {
				return fmt.Sprintf("「%s」と言わないはずが、言いました。", w)
			}
		}
	case "つながる":
		return s.handed(l)
	default:
		return s.wrongSign(l)
	}
	return ""
}

// wrongSign looks at the expectations of one word: who, which language, はい or いいえ, a kind of danger.
func (s *stage) wrongSign(l talkLine) string {
	yes := l.words[0] != "いいえ"
	switch l.does {
	case "だれが話す":
		who := map[flows.Mode]string{flows.ModeBot: "機械", flows.ModeWaiting: "順番待ち", flows.ModeHuman: "人"}[s.state.Mode]
		if who != l.words[0] {
			return fmt.Sprintf("話しているのは「%s」のはずが「%s」でした。", l.words[0], who)
		}
	case "ことばの種類":
		got := s.state.Lang
		if got == "" {
			got = flows.Ja
		}
		if string(got) != l.words[0] {
			return fmt.Sprintf("ことばは %s のはずが %s でした。", l.words[0], got)
		}
	case "機械は黙る", "送らない":
		said := strings.TrimSpace(s.texts())
		if yes == (said != "") {
			return fmt.Sprintf("黙っているかどうかが違います。言ったのは「%s」でした。", said)
		}
	case "知らせ":
		if got := s.has(flows.EfAlarm); got != yes {
			return fmt.Sprintf("相談員を呼ぶ知らせが出たかどうか: 「%s」のはずが「%s」でした。", l.words[0], yesNo(got))
		}
	case "あぶない":
		crisis := ""
		for _, e := range s.last {
			if e.Crisis {
				crisis = map[flows.Urgency]string{flows.Life: "命", flows.Violence: "暴力", flows.Medical: "からだ"}[s.state.Urgent]
			}
		}
		if want := strings.TrimSuffix(l.words[0], "いいえ"); crisis != want {
			return fmt.Sprintf("命・暴力・からだの答え: 「%s」のはずが「%s」でした。", l.words[0], crisis)
		}
	}
	return ""
}

// handed looks at the hand-off of the last turn.
func (s *stage) handed(l talkLine) string {
	var note *flows.DeskNote
	for i := range s.last {
		if s.last[i].Kind == flows.EfDesk && s.last[i].Desk.Do == flows.NoteOpen {
			note = &s.last[i].Desk
		}
	}
	if no := len(l.words) > 0 && l.words[0] == "いいえ"; note == nil || no {
		if no == (note == nil) {
			return ""
		}
		return "人につながるかどうかが違います。"
	}
	got := map[string]string{"先": note.Team, "急ぎ": yesNo(note.Why == "hurry"), "話題": note.Topic}
	for _, key := range []string{"先", "急ぎ", "話題"} {
		if want, ok := l.fields[key]; ok && got[key] != want {
			return fmt.Sprintf("つながる %s は「%s」のはずが「%s」でした。", key, want, got[key])
		}
	}
	if want := l.fields["返事の目安"]; !strings.Contains(s.texts(), want) {
		return fmt.Sprintf("返事の目安「%s」を言うはずが、言ったのは「%s」でした。", want, s.texts())
	}
	return ""
}

// hold looks at what must be true after everything that happens.
func (s *stage) hold(l talkLine) {
	for _, must := range s.talk.Must {
		if why := s.unheld(must); why != "" && !s.broken[must] {
			s.broken[must] = true
			s.faults = append(s.faults, s.talk.told(l, "必ず「%s」: %s", must, why))
		}
	}
}

func (s *stage) unheld(must string) string {
	switch must {
	case "毎場面で人へ1タップ":
		label := s.b.Lines["exit.human"]
		for _, e := range s.last {
			if len(e.Bubbles) == 0 || e.Final || len(label) == 0 {
				continue
			}
			text, _ := label[0].In(s.state.Lang)
			found := false
			for _, b := range append(append([]flows.Button(nil), e.Exits...), e.Choices...) {
				found = found || b.Label == text
			}
			if !found {
				return "「人と話す」が出ていません。"
			}
		}
	case "やめると止まる":
		state, effects, _ := flows.Step(s.b, s.view(), s.state, flows.Event{ID: "stop", Kind: flows.EvTap, At: s.now, Tap: flows.Tap{Exit: flows.ExStop, Turn: s.state.Turn}})
		if !state.Stopped || len(effects) == 0 {
			return "「もう送らないで」が効きません。"
		}
	case "禁句なし":
		for _, w := range s.b.House.Banned {
			if strings.Contains(s.texts(), w) {
				return fmt.Sprintf("「%s」と言いました。", w)
			}
		}
	}
	return ""
}

// texts is all that was said in the last turn.
func (s *stage) texts() string {
	var out []string
	for _, e := range s.last {
		for _, b := range e.Bubbles {
			switch {
			case b.Words:
				out = append(out, "(相談員のことば)")
			case b.Card != nil:
				out = append(out, b.Card.Title, b.Card.Lead)
				out = append(out, b.Card.Facts...)
			}
			if b.Text != "" {
				out = append(out, b.Text)
			}
		}
	}
	return strings.Join(out, "\n")
}

func (s *stage) choices() []string {
	var out []string
	for _, e := range s.last {
		for _, b := range e.Choices {
			out = append(out, b.Label)
		}
	}
	return out
}

func (s *stage) exits() []string {
	var out []string
	for _, e := range s.last {
		for _, b := range e.Exits {
			out = append(out, b.Label)
		}
	}
	return out
}

func (s *stage) cards() []string {
	var out []string
	for _, e := range s.last {
		for _, b := range e.Bubbles {
			if b.Card != nil {
				out = append(out, string(b.Card.ID))
			}
		}
	}
	return out
}

func (s *stage) has(kind flows.EffectKind) bool {
	for _, e := range s.last {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

func lacks(what string, got, want []string) string {
	for _, w := range want {
		if !contains(got, w) {
			return fmt.Sprintf("%sに「%s」があるはずが、あるのは「%s」でした。", what, w, strings.Join(got, "・"))
		}
	}
	return ""
}

func yesNo(b bool) string {
	if b {
		return "はい"
	}
	return "いいえ"
}
