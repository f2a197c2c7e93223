package prove

import (
	"math/rand/v2"
	"regexp"
	"strings"
)

// block gives the lines of the entry that begins at a line: all that is deeper.
func (f folder) block(l line) (to int) {
	indent := len(l.text) - len(strings.TrimLeft(l.text, " "))
	for to = l.at + 1; to < len(f[l.file]); to++ {
		text := f[l.file][to]
		if strings.TrimSpace(text) != "" && len(text)-len(strings.TrimLeft(text, " ")) <= indent {
			break
		}
	}
	return to
}

var sceneHead = regexp.MustCompile(`^  [^ #:]+:$`)

// sceneOf finds the scene in which a line stands.
func (f folder) sceneOf(l line) string {
	for i := l.at; i >= 0; i-- {
		if sceneHead.MatchString(f[l.file][i]) {
			return strings.TrimSuffix(strings.TrimSpace(f[l.file][i]), ":")
		}
	}
	return ""
}

func pick(all []line, r *rand.Rand) (line, bool) {
	if len(all) == 0 {
		return line{}, false
	}
	return all[r.IntN(len(all))], true
}

// change rewrites the lines from..to of a file.
func (f folder) change(file string, from, to int, now func(int, string) string) folder {
	out := f
	for i := from; i < to; i++ {
		if text := now(i, f[file][i]); text != f[file][i] {
			out = out.with(line{file: file, at: i}, text)
		}
	}
	return out
}

func everyChoiceBack(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("flows/", `^    選ぶ:$`), r)
	if !ok || f.sceneOf(l) == "" {
		return nil, ""
	}
	self := f.sceneOf(l)
	for i := l.at; i > 0 && !sceneHead.MatchString(f[l.file][i]); i-- {
		if strings.Contains(f[l.file][i], "カード:") {
			return nil, "" // a card is a way out of its own
		}
	}
	to := regexp.MustCompile(`^(      - [^:]+): .*$`)
	return f.change(l.file, l.at+1, f.block(l), func(_ int, s string) string { return to.ReplaceAllString(s, "${1}: "+self) }), l.file
}

func dropLine(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("lines/", `^  (human|crisis|stop|delete|end|menu|worry|waiting|joined|greeting|privacy)[a-z_.]*:$`), r)
	if !ok {
		return nil, ""
	}
	to := f.block(l)
	out := f
	for i := to - 1; i >= l.at; i-- {
		out = out.with(line{file: l.file, at: i})
	}
	return out, l.file
}

func nextToSelf(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("flows/", `^    つぎ: `), r)
	if !ok {
		return nil, ""
	}
	return f.with(l, "    つぎ: "+f.sceneOf(l)), l.file
}

// circleOfIfs lets two scenes send everybody to each other at night.
func circleOfIfs(f folder, r *rand.Rand) (folder, string) {
	a, ok := pick(f.find("flows/", choice), r)
	if !ok {
		return nil, ""
	}
	from, to := f.sceneOf(a), a.text[strings.LastIndex(a.text, ": ")+2:]
	if from == to || to == "おわり" {
		return nil, ""
	}
	out := f
	for _, pair := range [][2]string{{from, to}, {to, from}} {
		for i, text := range out[a.file] {
			if text == "  "+pair[0]+":" {
				if strings.Contains(out[a.file][i+1], "もし") {
					return nil, ""
				}
				out = out.with(line{file: a.file, at: i}, text, "    もし:", "      - 時間: 時間外", "        つぎ: "+pair[1])
				break
			}
		}
	}
	return out, a.file
}

func swapDigits(s string, _ *rand.Rand) string {
	swap := map[string]string{"119": "191", "110": "101", "189": "198"}
	key, text, _ := strings.Cut(s, "訳:")
	for _, n := range []string{"119", "110", "189"} {
		if strings.Contains(text, n) {
			return key + "訳:" + strings.Replace(text, n, swap[n], 1)
		}
	}
	return s
}

// startOf finds the line 「はじめ:」 of a flow, and the first text below it.
func (f folder) startOf(r *rand.Rand) (line, bool) {
	return pick(f.find("flows/", `^  はじめ:$`), r)
}

func askName(f folder, r *rand.Rand) (folder, string) {
	l, ok := f.startOf(r)
	if !ok {
		return nil, ""
	}
	ask := []string{"はじめに、お名前を教えてもらえますか。", "まず、住所と電話番号を書いてもらえますか。", "何歳ですか。", "どこに住んでいますか。"}
	for i := l.at; i < f.block(l); i++ {
		if strings.HasPrefix(f[l.file][i], "      - ") {
			return f.with(line{file: l.file, at: i}, "      - "+ask[r.IntN(len(ask))]), l.file
		}
	}
	return nil, ""
}

func rememberAtDoor(f folder, r *rand.Rand) (folder, string) {
	l, ok := f.startOf(r)
	if !ok {
		return nil, ""
	}
	re := regexp.MustCompile(`^(      - [^:]+): ([^{}/]+)$`)
	var all []line
	for i := l.at; i < f.block(l); i++ {
		if re.MatchString(f[l.file][i]) {
			all = append(all, line{l.file, i, f[l.file][i]})
		}
	}
	at, ok := pick(all, r)
	if !ok {
		return nil, ""
	}
	return f.with(at, re.ReplaceAllString(at.text, "${1}: {つぎ: ${2}, おぼえる: 年=若い}")), l.file
}

// cutOff sends every button that leads to a scene elsewhere.
func cutOff(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("flows/", choice), r)
	if !ok {
		return nil, ""
	}
	to := l.text[strings.LastIndex(l.text, ": ")+2:]
	if to == "おわり" || to == "はじめ" {
		return nil, ""
	}
	re := regexp.MustCompile(`: ` + regexp.QuoteMeta(to) + `$|(つぎ: |場面: )` + regexp.QuoteMeta(to) + `\b`)
	out := f.change(l.file, 0, len(f[l.file]), func(_ int, s string) string {
		if strings.HasPrefix(s, "      - ") && strings.HasSuffix(s, ": "+to) {
			return strings.TrimSuffix(s, to) + "おわり"
		}
		return s
	})
	if joined := strings.Join(out[l.file], "\n"); re.MatchString(joined) || strings.Contains(joined, "つぎ: "+to) || strings.Contains(joined, "場面: "+to) {
		return nil, ""
	}
	for name := range f {
		if strings.Contains(strings.Join(f[name], "\n"), strings.TrimSuffix(strings.TrimPrefix(l.file, "flows/"), ".yaml")+"/"+to) && strings.HasPrefix(name, "flows/") {
			return nil, ""
		}
	}
	return out, l.file
}

func twiceTheButton(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("flows/", choice), r)
	if !ok || l.at+1 >= len(f[l.file]) {
		return nil, ""
	}
	next := f[l.file][l.at+1]
	if !regexp.MustCompile(choice).MatchString(next) {
		return nil, ""
	}
	label := l.text[:strings.LastIndex(l.text, ": ")]
	return f.with(line{file: l.file, at: l.at + 1}, label+next[strings.LastIndex(next, ": "):]), l.file
}

var label2 = regexp.MustCompile(`選ぶ/2: \{訳: "[^"]*"`)

func sameLabel(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("i18n/", `選ぶ/1: \{訳: "`), r)
	if !ok {
		return nil, ""
	}
	first := regexp.MustCompile(`訳: "([^"]*)"`).FindStringSubmatch(l.text)
	for i := l.at + 1; i < min(l.at+4, len(f[l.file])); i++ {
		if text := f[l.file][i]; first != nil && label2.MatchString(text) {
			return f.with(line{file: l.file, at: i}, label2.ReplaceAllString(text, `選ぶ/2: {訳: "`+first[1]+`"`)), l.file
		}
	}
	return nil, ""
}

func fewWays(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("flows/", `^  こう言われたら:`), r)
	if !ok {
		return nil, ""
	}
	out := f
	for i := f.block(l) - 1; i > l.at+3; i-- {
		out = out.with(line{file: l.file, at: i})
	}
	return out, l.file
}

func sameSaying(f folder, r *rand.Rand) (folder, string) {
	from, ok := pick(f.find("flows/", `^    - [^:]+$`), r)
	to, ok2 := pick(f.find("flows/", `^  こう言われたら:$`), r)
	if !ok || !ok2 || from.file == to.file || !strings.Contains(strings.Join(f[from.file][:from.at], "\n"), "こう言われたら") ||
		strings.Contains(strings.Join(f[from.file][:from.at], "\n"), "これは違う") {
		return nil, ""
	}
	return f.with(to, to.text, from.text), to.file
}

func checkInToHuman(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("flows/", `あとで: \{日: \d+, 場面: `), r)
	if !ok {
		return nil, ""
	}
	for i, text := range f[l.file] {
		if strings.HasPrefix(text, "    つなぐ:") {
			human := f.sceneOf(line{file: l.file, at: i})
			return f.with(l, regexp.MustCompile(`場面: [^}]+`).ReplaceAllString(l.text, "場面: "+human)), l.file
		}
	}
	return nil, ""
}

func insteadOfSelf(f folder, r *rand.Rand) (folder, string) {
	l, ok := pick(f.find("cards/", `^かわり: `), r)
	if !ok {
		return nil, ""
	}
	name := strings.TrimSuffix(strings.TrimPrefix(l.file, "cards/"), ".yaml")
	return f.with(l, "かわり: "+name), l.file
}

// sameExit gives two ways out the same name in one language.
func sameExit(f folder, r *rand.Rand) (folder, string) {
	a, ok := pick(f.find("i18n/", `^  exit\.(end|back|restart|menu)/1: \{訳: "`), r)
	if !ok {
		return nil, ""
	}
	for i, text := range f[a.file] {
		if strings.HasPrefix(text, "  exit.stop/1: ") {
			name := regexp.MustCompile(`訳: "[^"]*"`).FindString(a.text)
			return f.with(line{file: a.file, at: i}, regexp.MustCompile(`訳: "[^"]*"`).ReplaceAllLiteralString(text, name)), a.file
		}
	}
	return nil, ""
}

// noRoute takes every human and every anonymous card out of a flow.
func noRoute(f folder, r *rand.Rand) (folder, string) {
	l, ok := f.startOf(r)
	if !ok {
		return nil, ""
	}
	out := f.change(l.file, 0, len(f[l.file]), func(_ int, s string) string {
		switch {
		case strings.HasPrefix(s, "    つなぐ:"):
			return "    つぎ: おわり"
		case strings.HasPrefix(s, "    書いたら: 人が読む"):
			return ""
		case strings.HasPrefix(s, "    カード:"):
			return ""
		case strings.HasPrefix(s, "      - ") && strings.Contains(s, "/"):
			return regexp.MustCompile(`: [a-z-]+/\S+$`).ReplaceAllString(s, ": おわり")
		}
		return s
	})
	return out, l.file
}

// farAway puts four more screens between the door and everything else.
func farAway(f folder, r *rand.Rand) (folder, string) {
	l, ok := f.startOf(r)
	if !ok {
		return nil, ""
	}
	var far []string
	for i, name := range []string{"とおい1", "とおい2", "とおい3", "とおい4"} {
		next := []string{"とおい2", "とおい3", "とおい4", "もとの"}[i]
		far = append(far, "  "+name+":", "    ことば:", "      - もう少し先です。", "    選ぶ:", "      - すすむ: "+next, "      - すすんでみる: "+next)
	}
	out := f.with(l, append(far, l.text)...)
	renamed := regexp.MustCompile(`: はじめ( *)$`)
	return out.change(l.file, 0, len(out[l.file]), func(_ int, s string) string {
		if s == l.text {
			return "  もとの:"
		}
		if s == "  とおい1:" {
			return "  はじめ:"
		}
		return renamed.ReplaceAllString(s, ": もとの")
	}), l.file
}
