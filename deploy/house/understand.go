package house

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"engawa/flows"
	"engawa/flows/understand"
)

type understandCmd struct {
	contentFlags
	Explain bool `help:"わけも書く / add the reasons in words"`
	Rules   bool `help:"急ぎのことばの一覧を一枚で書く（相談員むけ） / print the urgent rules on one page, for a supervisor"`
	All     bool `help:"--rules と: どの決まりのことばも、ぜんぶ書く / with --rules: every word of every rule"`
}

// Run reads {"id","text"} lines until the input ends.
func (c understandCmd) Run() error {
	b, err := c.load()
	if err != nil {
		return err
	}
	if c.Rules {
		page := rulesPage
		if c.All {
			page = everyRule
		}
		_, err := io.WriteString(os.Stdout, page(b))
		return err
	}
	return understandLines(understand.New(b), b, c.Explain, os.Stdin, os.Stdout)
}

// understood is one line of output.
type understood struct {
	ID      json.RawMessage `json:"id"`
	Topics  []string        `json:"topics"`
	Urgency string          `json:"urgency"`
	Level   string          `json:"level"`
	Lang    flows.Lang      `json:"lang"`
	Reason  string          `json:"reason"`
	Explain []string        `json:"explain,omitempty"`
}

func understandLines(r *understand.Reader, b *flows.Bundle, explain bool, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), 4<<20)
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var l struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			fmt.Fprintf(os.Stderr, "%d 行目は JSON として読めません / line %d is not JSON\n", n, n)
			continue
		}
		got := r.Read(l.Text, understand.Here{})
		told := retell(l.ID, got)
		if explain {
			told.Explain = because(b, got)
		}
		if err := enc.Encode(told); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return w.Flush()
}

// retell puts a reading into the words of the command's output.
func retell(id json.RawMessage, r flows.Reading) understood {
	u := understood{ID: id, Topics: understand.Subjects(r), Urgency: "none", Level: "none", Lang: r.Lang}
	if len(id) == 0 {
		u.ID = json.RawMessage("null")
	}
	if r.Urgency != flows.NoUrgency {
		u.Urgency, u.Level = string(r.Urgency), string(r.Level)
	}
	why := slices.Clone(r.Rules)
	if r.Exit != flows.NoExit {
		why = append(why, "exit."+string(r.Exit))
	}
	for _, t := range r.Topics {
		why = append(why, fmt.Sprintf("%s=%.2f", t.Flow, float64(t.Score)/1000))
	}
	for _, t := range r.Themes {
		why = append(why, fmt.Sprintf("~%s=%.2f", t.Topic, float64(t.Score)/1000))
	}
	u.Reason = strings.Join(why, " ")
	return u
}

// because says in Japanese why a text was read as it was.
func because(b *flows.Bundle, r flows.Reading) []string {
	out := []string{}
	for _, id := range r.Rules {
		if strings.HasPrefix(id, "model-") {
			out = append(out, id+": 決まりのことばはないが、言い方が急ぎの声に似ている（これだけでは「気がかり」まで）")
			continue
		}
		for i := range b.Words.Urgent {
			if u := &b.Words.Urgent[i]; u.ID == id {
				out = append(out, fmt.Sprintf("%s: %s・%s。%s", id, urgencyWords[u.Urgency], levelWords[u.Level], u.Reason))
			}
		}
	}
	if r.Exit != flows.NoExit {
		out = append(out, "exit."+string(r.Exit)+": 文ぜんたいが出口のことば")
	}
	if r.Talk {
		out = append(out, "smalltalk: あいさつや雑談")
	}
	for _, t := range r.Topics {
		out = append(out, fmt.Sprintf("%s: 入口「%s」の言い方に %d%% 似ている", t.Flow, b.Flows[t.Flow].Title[flows.Ja], t.Score/10))
	}
	for _, t := range r.Themes {
		out = append(out, fmt.Sprintf("~%s: この話題らしさ %d%%", t.Topic, t.Score/10))
	}
	return out
}

var (
	urgencyWords = map[flows.Urgency]string{flows.Life: "命", flows.Violence: "暴力", flows.Medical: "からだ"}
	levelWords   = map[flows.Level]string{flows.Clear: "明らか", flows.Worry: "気がかり"}
)
