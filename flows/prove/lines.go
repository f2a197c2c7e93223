package prove

import (
	"fmt"
	"slices"
	"strings"

	"engawa/flows"
	"engawa/flows/script"
)

// fixed is a sentence that Step asks the bundle for.
type fixed struct {
	key    string
	must   string // what it has to tell, to be an honest answer: "{when}"
	safety bool   // said in every language of the house
	maybe  bool   // a more general one stands in for it
	other  bool   // asked for by the house around Step, not by Step
}

// stepSays are the sentences that Step asks for, beside the labels of exits, the
// answers to questions and the facts of cards, which are asked for by name. A
// test reads Step's source and holds this list against it.
var stepSays = []fixed{
	{key: "greeting", safety: true}, {key: "greeting.back"}, {key: "follow"}, {key: "menu.lead", safety: true},
	{key: "clarify.lead"}, {key: "clarify.again"}, {key: "clarify.here"}, {key: "clarify.human"}, {key: "none.lead"}, {key: "resume.lead", must: "{scene}"}, {key: "late.tap"},
	{key: "human.open", must: "{when}", safety: true}, {key: "human.closed", must: "{when}", safety: true}, {key: "human.shared", safety: true},
	{key: "human.hidden", safety: true}, {key: "human.all", safety: true}, {key: "human.again", safety: true},
	{key: "human.receipt", must: "{staff} {when}", safety: true}, {key: "waiting.receipt", must: "{when}", safety: true},
	{key: "line.place", must: "{ahead}", safety: true}, {key: "line.place.next", maybe: true}, {key: "line.left", safety: true}, {key: "line.none"},
	{key: "joined", must: "{staff}", safety: true}, {key: "returned", safety: true}, {key: "promised", must: "{when}", safety: true},
	{key: "talked.ask"}, {key: "talked.thanks"}, {key: "handback", must: "{staff}", safety: true}, {key: "closed", must: "{staff}", safety: true}, {key: "bot.back", safety: true},
	{key: "passed.on", must: "{staff} {from}", safety: true}, {key: "passed.knows", must: "{staff} {from}", safety: true}, {key: "passed.away", must: "{staff} {from}", safety: true},
	{key: "passed.wide", must: "{staff} {from}", safety: true}, {key: "passed.relieved", must: "{staff}", safety: true},
	{key: "passed.stays", must: "{from}", safety: true}, {key: "passed.say", safety: true},
	{key: "same.told", safety: true}, {key: "same.back", must: "{staff}", safety: true}, {key: "same.stays", must: "{staff}", safety: true},
	{key: "paused", must: "{when}", safety: true}, {key: "paused.receipt", must: "{when}", safety: true}, {key: "resumed", safety: true},
	{key: "end", safety: true}, {key: "end.human", safety: true}, {key: "back.none"}, {key: "restart"},
	{key: "stop", safety: true}, {key: "stop.ask", safety: true}, {key: "stop.muted", safety: true}, {key: "stop.kept", safety: true},
	{key: "lang.ask", safety: true}, {key: "lang.done"}, {key: "lang.fallback", safety: true}, {key: "lang.offer", safety: true},
	{key: "delete.ask", safety: true}, {key: "delete.ask.records", maybe: true}, {key: "delete.done", safety: true}, {key: "delete.no", safety: true},
	{key: "forget.ask", safety: true}, {key: "forget.done", safety: true}, {key: "privacy", safety: true},
	{key: "greeting.records", safety: true, maybe: true}, {key: "greeting.mark", safety: true, maybe: true}, {key: "greeting.read", safety: true, maybe: true}, {key: "privacy.records", safety: true, maybe: true},
	{key: "nudge.quiet", safety: true}, {key: "privacy.model", safety: true}, {key: "model.off", safety: true}, {key: "model.on", safety: true},
	{key: "crisis.life", must: "{when}", safety: true}, {key: "crisis.violence", must: "{when}", safety: true}, {key: "crisis.medical", must: "{when}", safety: true},
	{key: "crisis.life.night", must: "{when}", safety: true, maybe: true}, {key: "crisis.violence.night", must: "{when}", safety: true, maybe: true},
	{key: "crisis.medical.night", must: "{when}", safety: true, maybe: true},
	{key: "worry.life", safety: true}, {key: "worry.violence", safety: true}, {key: "worry.medical", safety: true}, {key: "worry.ok", safety: true},
	{key: "sticker"}, {key: "media"}, {key: "location"}, {key: "unknown"}, {key: "talk"}, {key: "harsh"}, {key: "draft.notice"}, {key: "friend.hint"},
	{key: "drop", other: true}, {key: "trouble", other: true},
	{key: "sender.machine", other: true, safety: true}, {key: "sender.human", must: "{staff}", other: true, safety: true}, {key: "notify.alt", other: true, safety: true},
	{key: "label.continue"}, {key: "label.call"}, {key: "label.look"}, {key: "label.staff"}, {key: "label.place"},
	{key: "card.open"}, {key: "card.closed"}, {key: "card.chosen", must: "{chosen}", maybe: true}, {key: "card.chosen.kept", maybe: true},
	{key: "find.none"}, {key: "find.how"}, {key: "post.gone"}, {key: "post.go"}, {key: "post.keep"}, {key: "post.kept.already"}, {key: "post.kept.none"},
	{key: "post.tell.yes"}, {key: "post.tell.no"}, {key: "post.dropped"}, {key: "post.with"}, {key: "post.ask"}, {key: "post.asked"}, {key: "post.wish"},
	{key: "form.nobody"}, {key: "form.group"}, {key: "form.page"}, {key: "form.waiting"}, {key: "form.later"}, {key: "form.sent"}, {key: "form.sent.now"}, {key: "form.button.page"},
	{key: "group.often"}, {key: "group.hear"}, {key: "group.hush"}, {key: "group.asked"}, {key: "group.silent"}, {key: "group.still"}, {key: "group.no"}, {key: "group.left"}, {key: "group.leave.ask"},
	{key: "form.home", other: true}, {key: "form.gone", other: true}, {key: "form.what", other: true}, {key: "form.when", other: true}, {key: "form.when.again", other: true}, {key: "form.when.past", other: true}, {key: "form.repeat", other: true}, {key: "form.where", other: true},
	{key: "form.for", other: true}, {key: "form.facts", other: true}, {key: "form.look", other: true}, {key: "form.fix", other: true}, {key: "form.photo", other: true}, {key: "form.photo.no", other: true}, {key: "form.dropped", other: true}, {key: "group.in", other: true},
	{key: "visit.agreed"}, {key: "visit.ask"}, {key: "visit.thanks"}, {key: "post.answer"},
	{key: "post.news.off"}, {key: "post.news.moved"}, {key: "label.calendar"}, {key: "label.share"},
	{key: "find.today"}, {key: "find.week"}, {key: "find.near"}, {key: "find.online"}, {key: "find.quiet"}, {key: "find.peers"}, {key: "find.family"},
	{key: "notice.away", must: "{when}", safety: true, maybe: true}, {key: "notice.disaster", safety: true, maybe: true},
	{key: "contacts.title", other: true, safety: true, maybe: true}, {key: "contacts.lead", other: true, safety: true, maybe: true},
	{key: "contacts.made", other: true, safety: true, maybe: true}, {key: "contacts.write", other: true, safety: true, maybe: true},
	{key: "contacts.none", other: true, safety: true, maybe: true},
	{key: "label.room", safety: true, maybe: true}, {key: "room.link", safety: true, maybe: true}, {key: "room.invite", safety: true, maybe: true}, {key: "room.offer", safety: true, maybe: true},
	{key: "room.notice", safety: true, maybe: true}, {key: "room.elsewhere", safety: true, maybe: true}, {key: "room.none", safety: true, maybe: true},
	{key: "room.here", safety: true, maybe: true}, {key: "room.often", safety: true, maybe: true}, {key: "room.must", safety: true, maybe: true},
	{key: "room.back", safety: true, maybe: true},
}

// ofRoom are the ways into the room and out of it. A city without rooms needs no words for them.
var ofRoom = []flows.Exit{flows.ExRoom, flows.ExLine}

// exitLabels are the ways out; each has its button in every language.
var exitLabels = slices.Concat([]flows.Exit{flows.ExHuman, flows.ExStop, flows.ExDelete, flows.ExBack}, everyExit, ofBoard, []flows.Exit{flows.ExSame})

// lines looks for fixed sentences that are missing, say too little, or that nobody asks for.
func (c *checker) lines() {
	known := map[string]bool{}
	for _, f := range stepSays {
		known[f.key] = true
		c.fixedLine(f)
	}
	for _, x := range exitLabels {
		key := "exit." + string(x)
		known[key] = true
		c.fixedLine(fixed{key: key, safety: true})
	}
	for _, x := range ofRoom {
		known["exit."+string(x)] = true
		c.fixedLine(fixed{key: "exit." + string(x), safety: true, maybe: true})
	}
	for _, k := range script.RoomPage {
		known["room.page."+k] = true
		c.fixedLine(fixed{key: "room.page." + k, safety: true, maybe: true, other: true})
	}
	for _, key := range sortedKeys(c.b.Lines) {
		c.held("line")
		switch {
		case known[key], c.answerLabel(key), strings.HasPrefix(key, "fact."), strings.HasPrefix(key, "form.button."), strings.HasPrefix(key, "felt."):
		case len(c.b.Lines[key]) > 0:
			c.find(Finding{Property: "line", Severity: Warning, Key: "line/" + key, Why: "この決まったことばは、どこでも使われません。", Fix: "名前を直すか、消します。"})
		}
	}
	c.gaps()
}

// answerLabel: "label.stop.yes" names an answer to a question of the root.
func (c *checker) answerLabel(key string) bool {
	rest, ok := strings.CutPrefix(key, "label.")
	if !ok {
		return false
	}
	q, _, _ := strings.Cut(rest, ".")
	switch flows.Question(q) {
	case flows.AskDelete, flows.AskForget, flows.AskStop, flows.AskWorry, flows.AskResume, flows.AskTell, flows.AskLeave:
		return strings.HasSuffix(rest, ".yes") || strings.HasSuffix(rest, ".no")
	}
	return false
}

func (c *checker) fixedLine(f fixed) {
	c.held("line")
	key := "line/" + f.key
	ps := c.b.Lines[f.key]
	if len(ps) == 0 || strings.TrimSpace(ps[0][flows.Ja]) == "" {
		sev, why := Error, "決まったことば「"+f.key+"」がありません。"
		if f.maybe {
			sev = Warning
		}
		c.find(Finding{Property: "line", Severity: sev, Key: key, Why: why, Fix: "lines に「" + f.key + "」を書きます。"})
		return
	}
	all := ""
	for _, p := range ps {
		all += p[flows.Ja]
	}
	for _, hole := range strings.Fields(f.must) {
		if !strings.Contains(all, hole) {
			c.find(Finding{Property: "line", Severity: Error, Key: key, Why: "「" + f.key + "」に " + hole + " がありません。いつ・だれが、が伝わりません。", Fix: hole + " を入れます。"})
		}
	}
	if len(ps) > maxSaid && f.key != "talk" && f.key != "sticker" {
		c.find(Finding{Property: "line", Severity: Error, Key: key, Why: fmt.Sprintf("「%s」は %dつまでです(いま %dつ)。", f.key, maxSaid, len(ps)), Fix: "まとめます。"})
	}
}

// gaps: a language that can be chosen has every sentence that safety needs; one
// that cannot be chosen yet is told as such.
func (c *checker) gaps() {
	for _, l := range flows.Langs {
		if l == flows.Ja {
			continue
		}
		var gone []string
		need := append([]fixed{}, stepSays...)
		for _, x := range exitLabels {
			need = append(need, fixed{key: "exit." + string(x), safety: true})
		}
		for _, f := range need {
			if !f.safety {
				continue
			}
			for i, p := range c.b.Lines[f.key] {
				c.held("tongue")
				if p[l] == "" {
					gone = append(gone, fmt.Sprintf("%s/%d", f.key, i+1))
				}
			}
		}
		if len(gone) == 0 {
			continue
		}
		f := Finding{Property: "tongue", Severity: Error, Key: "line/safety", Lang: l,
			Why: fmt.Sprintf("このことばを選べるのに、命にかかわる文・出口・つなぐ文の訳が %dありません: %s", len(gone), strings.Join(gone[:min(5, len(gone))], "・")), Fix: "訳を書いて、確かめてもらいます。"}
		if !c.speaks(l) {
			f.Severity, f.Why = Warning, fmt.Sprintf("このことばは、まだ選べません(訳のない、命にかかわる文・出口・つなぐ文が %dあります)。", len(gone))
		}
		c.find(f)
	}
}

// speaks says whether a resident can choose a language: Step offers it as soon
// as the button to a human is translated.
func (c *checker) speaks(l flows.Lang) bool {
	for _, p := range c.b.Lines["exit.human"] {
		if p[l] != "" {
			return true
		}
	}
	return l == flows.Ja
}
