package house

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"

	"engawa/bot/preview"
	"engawa/flows"
	"engawa/flows/understand"
)

// player is a walk in the terminal: beside the person, the buttons that they have seen.
type player struct {
	preview.Walker
	reader  *understand.Reader
	now     time.Time
	buttons map[string]string // label → data, of everything shown so far; the newest wins
}

func newPlayer(b *flows.Bundle, now time.Time) *player {
	return &player{Walker: preview.Walker{Bundle: b, Find: cardsAlone().find}, reader: understand.New(b), now: now.In(b.House.Zone), buttons: map[string]string{}}
}

// playLine is one line of `play --json`: exactly one of its fields, "at" may stand beside another.
type playLine struct {
	Text    *string `json:"text"`
	Tap     *string `json:"tap"`
	Sticker bool    `json:"sticker"`
	Media   string  `json:"media"`
	Follow  bool    `json:"follow"`
	Unsend  *int    `json:"unsend"`
	Staff   *string `json:"staff"`
	Words   string  `json:"words"`
	At      string  `json:"at"`
	Lang    string  `json:"lang"`
}

// playOut is what is written for it.
type playOut struct {
	State   playState    `json:"state"`
	Effects []playEffect `json:"effects"`
	Reasons []string     `json:"reasons"`
}

type playState struct {
	Scene flows.SceneKey `json:"scene"`
	Mode  string         `json:"mode"`
	Lang  flows.Lang     `json:"lang"`
}

type playEffect struct {
	Kind    string   `json:"kind"`
	Texts   []string `json:"texts"`
	Choices []string `json:"choices"`
	Exits   []string `json:"exits"`
}

// line plays one line.
func (p *player) line(in playLine) (playOut, error) {
	var effects []flows.Effect
	reasons := []string{}
	step := func(e flows.Event, heard flows.PostQuery) {
		ef, why := p.step(e, heard)
		effects = append(effects, ef...)
		reasons = append(reasons, why...)
	}
	if in.At != "" {
		at, err := time.Parse(time.RFC3339, in.At)
		if err != nil {
			return playOut{}, fmt.Errorf("at: %q は 2026-12-05T02:10:00+09:00 の形で書いてください / is no RFC 3339 time", in.At)
		}
		p.now = at.In(p.Bundle.House.Zone)
		for _, e := range p.Due(p.now) {
			step(e, flows.PostQuery{})
		}
	}
	e, ok, err := p.event(in)
	if err != nil {
		return playOut{}, err
	}
	if ok {
		step(e, heardOf(in))
	}
	return p.out(effects, reasons), nil
}

// event makes the event that a line stands for.
func (p *player) event(in playLine) (flows.Event, bool, error) {
	e := flows.Event{Kind: flows.EvText, At: p.now}
	switch {
	case in.Text != nil:
		e.Readings = []flows.Reading{p.Read(p.reader, *in.Text)}
	case in.Tap != nil:
		tap, err := p.tap(*in.Tap)
		if err != nil {
			return e, false, err
		}
		e.Kind, e.Tap = flows.EvTap, tap
	case in.Sticker:
		e.Kind = flows.EvSticker
	case in.Media != "":
		e.Kind, e.Media = flows.EvMedia, in.Media
	case in.Follow:
		e.Kind = flows.EvFollow
	case in.Unsend != nil:
		e.Kind, e.Ref = flows.EvUnsend, "m"+strconv.Itoa(*in.Unsend)
	case in.Staff != nil:
		e.Kind, e.Desk = flows.EvDesk, p.Act(p.now, flows.DeskDo(*in.Staff))
	case in.Lang != "":
		e.Kind, e.Tap = flows.EvTap, flows.Tap{Exit: flows.ExLang, Arg: in.Lang, Turn: p.State.Turn}
	default:
		return e, false, nil
	}
	return e, true, nil
}

// tap finds the newest button that bore this label; exits are always within
// reach, since the rich menu carries them too.
func (p *player) tap(label string) (flows.Tap, error) {
	data, ok := p.buttons[label]
	if !ok {
		if exit := p.reader.Read(label, understand.Here{}).Exit; exit != flows.NoExit {
			return flows.Tap{Exit: exit, Turn: p.State.Turn, Label: label}, nil
		}
		var have []string
		for l := range p.buttons {
			have = append(have, l)
		}
		sort.Strings(have)
		return flows.Tap{}, fmt.Errorf("ボタン「%s」は、まだ出ていません。あるのは / no such button yet; there are: %s", label, strings.Join(have, "、"))
	}
	tap, err := flows.DecodeTap(data)
	tap.Label = label
	return tap, err
}

// heardOf is what a line may look for.
func heardOf(in playLine) (q flows.PostQuery) {
	if in.Text != nil {
		q.Texts = []string{*in.Text}
	}
	return q
}

func (p *player) step(e flows.Event, heard flows.PostQuery) ([]flows.Effect, []string) {
	effects, reasons := p.Step(p.now, e, heard)
	for _, f := range effects {
		p.note(f)
	}
	return effects, reasons
}

// note remembers what an effect put on the screen.
func (p *player) note(f flows.Effect) {
	for _, b := range f.Choices {
		p.buttons[b.Label] = b.Data
	}
	for _, b := range f.Exits {
		p.buttons[b.Label] = b.Data
	}
	for _, bubble := range f.Bubbles {
		if bubble.Card != nil {
			for _, b := range bubble.Card.Buttons {
				if b.Data != "" {
					p.buttons[b.Label] = b.Data
				}
			}
		}
	}
}

func (p *player) out(effects []flows.Effect, reasons []string) playOut {
	mode := string(p.State.Mode)
	if mode == "" {
		mode = "bot"
	}
	lang := p.State.Lang
	if lang == "" {
		lang = flows.Ja
	}
	out := playOut{State: playState{Scene: p.State.Scene, Mode: mode, Lang: lang}, Effects: []playEffect{}, Reasons: reasons}
	for _, f := range effects {
		out.Effects = append(out.Effects, shown(f))
	}
	return out
}

// shown is an effect as a person would retell it.
func shown(f flows.Effect) playEffect {
	e := playEffect{Kind: string(f.Kind), Texts: []string{}, Choices: []string{}, Exits: []string{}}
	if f.Kind == flows.EfDesk {
		e.Kind = "desk." + string(f.Desk.Do)
		if f.Desk.Do == flows.NoteOpen {
			e.Kind = "handoff"
		}
	}
	for _, b := range f.Bubbles {
		if b.Text != "" {
			e.Texts = append(e.Texts, b.Text)
		}
		if b.Words {
			e.Texts = append(e.Texts, "（相談員のことば）")
		}
		if b.Card != nil {
			e.Texts = append(e.Texts, strings.TrimSpace(b.Card.Title+"\n"+b.Card.Lead+"\n"+strings.Join(b.Card.Facts, "\n")))
			for _, c := range b.Card.Buttons {
				e.Choices = append(e.Choices, c.Label)
			}
		}
	}
	for _, c := range f.Choices {
		e.Choices = append(e.Choices, c.Label)
	}
	for _, x := range f.Exits {
		e.Exits = append(e.Exits, x.Label)
	}
	return e
}

// playJSON plays a stream of lines. A line that cannot be played is answered
// with its reason and the talk goes on.
func playJSON(p *player, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), 1<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var l playLine
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			if err := enc.Encode(map[string]string{"error": "JSON として読めません / not JSON"}); err != nil {
				return err
			}
			continue
		}
		res, err := p.line(l)
		if err != nil {
			if err := enc.Encode(map[string]string{"error": err.Error()}); err != nil {
				return err
			}
			continue
		}
		if err := enc.Encode(res); err != nil {
			return err
		}
	}
	return lines.Err()
}

// playTalk is a talk in the terminal: text is text, [ラベル] is a tap.
func playTalk(p *player, in io.Reader, out io.Writer) error {
	fmt.Fprintln(out, "縁側: ことばをそのまま書けます。ボタンは [ラベル] か番号。Ctrl-D でおわり。 / write, or [label] to tap.")
	first, err := p.line(playLine{Follow: true})
	if err != nil {
		return err
	}
	printOut(out, first)
	lines := bufio.NewScanner(in)
	for fmt.Fprint(out, "> "); lines.Scan(); fmt.Fprint(out, "> ") {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		l := playLine{Text: &text}
		if inner, ok := strings.CutPrefix(text, "["); ok {
			label := strings.TrimSuffix(inner, "]")
			l = playLine{Tap: &label}
		}
		res, err := p.line(l)
		if err != nil {
			fmt.Fprintln(out, err)
			continue
		}
		printOut(out, res)
	}
	fmt.Fprintln(out)
	return lines.Err()
}

func printOut(w io.Writer, o playOut) {
	for _, e := range o.Effects {
		if len(e.Texts)+len(e.Choices) == 0 {
			fmt.Fprintf(w, "   (%s)\n", e.Kind)
			continue
		}
		for _, t := range e.Texts {
			fmt.Fprintf(w, "  %s\n", strings.ReplaceAll(t, "\n", "\n  "))
		}
		for i, c := range e.Choices {
			fmt.Fprintf(w, "    %d [%s]\n", i+1, c)
		}
		fmt.Fprintf(w, "    %s\n", strings.Join(e.Exits, " / "))
	}
}
