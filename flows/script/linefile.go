package script

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"engawa/flows"

	yaml "go.yaml.in/yaml/v4"
)

// form says how a fixed sentence is spoken.
type form int

const (
	bubbles  form = iota // up to 3 bubbles, one after the other
	label                // a button
	variants             // any number, said in turn
	name                 // a name or heading, not a bubble
)

// line is what the root statechart may ask of a key.
type line struct {
	form  form
	holes string // what Step fills in: "{staff} {when}"
	maybe bool   // it has a more general one to fall back on
}

// most is how many texts may stand under its key.
func (ln line) most() int {
	switch ln.form {
	case bubbles:
		return maxBubble
	case variants:
		return 40
	}
	return 1
}

// addForms are the sentences of posting for a group.
func addForms(add func(f form, holes string, keys ...string)) {
	add(bubbles, "{group}", "form.home", "group.in", "group.left", "group.leave.ask")
	add(bubbles, "", "form.nobody", "form.group", "form.page", "form.waiting", "form.gone", "form.when.again", "form.when.past", "form.photo",
		"form.photo.no", "form.later", "form.dropped", "form.sent", "form.sent.now", "form.fix", "group.no", "group.often", "group.hear", "group.hush", "group.asked", "group.silent", "group.still",
		"visit.agreed", "visit.ask", "visit.thanks", "post.answer")
	add(label, "", "exit.after", "exit.felt")
	add(bubbles, "", "talked.ask", "talked.thanks")
	for _, felt := range slices.Concat(flows.Felts[:], flows.TalkFelts[:]) {
		add(label, "", "felt."+felt)
	}
	for _, s := range flows.FormSteps {
		add(bubbles, "", "form."+string(s))
	}
	add(label, "", "exit.post")
	for _, w := range flows.FormWords() {
		add(label, "", "form.button."+w)
	}
}

// lines are the fixed sentences of the house. A key that is not here is a slip of
// the pen; a key that is here and nowhere written would leave a person without an answer.
var lines = func() map[string]line {
	m := map[string]line{}
	add := func(f form, holes string, keys ...string) {
		for _, k := range keys {
			m[k] = line{form: f, holes: holes}
		}
	}
	add(bubbles, "", "greeting", "greeting.back", "menu.lead", "clarify.lead", "clarify.again", "clarify.here", "harsh", "clarify.human", "none.lead",
		"late.tap", "human.shared", "human.hidden", "human.all", "human.again", "line.none", "line.place.next", "line.left", "returned",
		"bot.back", "end", "end.human", "stop", "stop.ask", "stop.muted", "stop.kept", "back.none", "restart",
		"lang.ask", "lang.done", "lang.fallback", "lang.offer", "delete.ask", "delete.ask.records", "delete.done", "delete.no", "forget.ask", "forget.done",
		"nudge.quiet", "greeting.records", "privacy.records", "privacy.model", "model.off", "model.on",
		"privacy", "worry.life", "worry.violence", "worry.medical", "worry.ok", "sticker", "media", "location", "unknown", "follow",
		"draft.notice", "drop", "trouble", "friend.hint")
	add(bubbles, "", "find.none", "find.how", "post.gone", "post.go", "post.keep", "post.kept.already", "post.kept.none", "post.tell.yes", "post.tell.no",
		"post.dropped", "post.with", "post.ask", "post.asked", "post.wish", "post.news.off", "post.news.moved")
	add(bubbles, "{scene}", "resume.lead")
	addForms(add)
	add(bubbles, "{when}", "human.open", "human.closed", "waiting.receipt", "promised", "paused",
		"crisis.life", "crisis.violence", "crisis.medical", "crisis.life.night", "crisis.violence.night", "crisis.medical.night")
	add(bubbles, "{ahead}", "line.place")
	add(bubbles, "{staff}", "joined", "handback", "closed", "same.back", "same.stays", "resumed")
	add(bubbles, "{staff} {from}", "passed.on", "passed.knows", "passed.away", "passed.wide", "passed.relieved", "passed.stays", "passed.say")
	add(bubbles, "", "same.told")
	add(label, "", "exit.same")
	add(bubbles, "{staff} {when}", "human.receipt", "paused.receipt")
	add(variants, "", "talk")
	for _, e := range exitIDs {
		if e != flows.ExYes && e != flows.ExNo {
			add(label, "", "exit."+string(e))
		}
	}
	add(label, "", "exit.yes", "exit.no", "label.continue", "label.call", "label.look", "label.calendar", "label.share")
	add(name, "", "label.staff", "label.place", "sender.machine", "notify.alt", "card.open", "card.closed")
	add(name, "{staff}", "sender.human")
	m["greeting.mark"], m["greeting.read"] = line{form: bubbles, maybe: true}, line{form: bubbles, maybe: true}
	m["card.chosen"], m["card.chosen.kept"] = line{form: name, holes: "{chosen}", maybe: true}, line{form: name, maybe: true}
	for _, e := range []flows.Exit{flows.ExFind, flows.ExGo, flows.ExKeep, flows.ExDrop, flows.ExWith, flows.ExAsk, flows.ExWish, flows.ExKept} {
		add(label, "", "exit."+string(e))
	}
	for _, how := range flows.Finds {
		add(label, "", "find."+how)
	}
	for _, k := range []string{"link", "invite", "offer", "notice", "elsewhere", "none", "here", "often", "must", "back"} {
		m["room."+k] = line{form: bubbles, maybe: true} // the room on our own server
	}
	for _, k := range RoomPage {
		m["room.page."+k] = line{form: name, maybe: true}
	}
	m["label.room"] = line{form: label, maybe: true}
	m["exit.room"], m["exit.line"] = line{form: label, maybe: true}, line{form: label, maybe: true}
	m["notice.away"], m["notice.disaster"] = line{form: bubbles, holes: "{when}", maybe: true}, line{form: bubbles, maybe: true}
	for _, k := range []string{"title", "lead", "made", "write", "none"} {
		m["contacts."+k] = line{form: name, maybe: true} // the static page; it has words of its own to fall back on
	}
	for _, f := range Facts {
		add(name, "", "fact."+f)
	}
	for _, q := range []string{"delete", "forget", "stop", "resume", "tell", "leave", "worry", "worry.life", "worry.violence", "worry.medical"} {
		m["label."+q+".yes"] = line{form: label, maybe: true} // else はい
		m["label."+q+".no"] = line{form: label, maybe: true}  // else いいえ
	}
	return m
}()

// RoomPage are the words of the room's own pages.
var RoomPage = []string{"title", "lead", "enter", "quit", "quitted", "write", "send", "you", "withdraw", "withdrawn", "more", "others", "reload",
	"again", "trouble", "often", "over.link", "over.idle", "over.line", "over.forget", "over.gone", "over.others"}

func lineNames() []string {
	out := make([]string, 0, len(lines))
	for k := range lines {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// readLines reads lines/*.yaml: the fixed sentences of the root statechart.
func (l *loader) readLines(f *file, root *yaml.Node) {
	fs := f.fields(root, "決まったことばのファイル", "決まったことば", "下書き", "確認")
	e, ok := fs["決まったことば"]
	if !ok {
		f.fault(root, "missing", "「決まったことば」がありません。", "決まったことば:")
		return
	}
	for _, e := range f.entries(e.value, "決まったことば") {
		ln, known := lines[e.key]
		if !known {
			f.unknown(e.at, "line", e.key, "決まったことば", lineNames())
			continue
		}
		if _, twice := l.b.Lines[e.key]; twice {
			f.fault(e.at, "duplicate", fmt.Sprintf("「%s」は、ほかの lines のファイルにもあります。", e.key), "")
			continue
		}
		l.readLine(f, e, ln)
	}
	l.standing(f, root, fs)
}

func (l *loader) readLine(f *file, e entry, ln line) {
	items := f.texts(e.value, e.key)
	limit := ln.most()
	if len(items) > limit {
		f.fault(e.at, "bubbles", fmt.Sprintf("「%s」は %d つまでです(いま %d つ)。", e.key, limit, len(items)), "")
	}
	var out []flows.Phrase
	for i, it := range items {
		for _, h := range holes(it.text) {
			if !strings.Contains(ln.holes, h) {
				f.fault(it.at, "hole", fmt.Sprintf("「%s」に %s は入れられません。", e.key, h), "")
			}
		}
		out = append(out, l.say(f, it.at, fmt.Sprintf("line/%s/%d", e.key, i+1), it.text, ln.form == label))
	}
	if len(out) > 0 {
		l.b.Lines[e.key] = out
	}
}
