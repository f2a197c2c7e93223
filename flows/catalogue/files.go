package catalogue

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Record is one entry of a file.
type Record struct {
	Line  int  // where it begins
	Card  bool // the file says that it is a card of the content
	Entry *Entry
	cells []cell // what a CSV file says of it; nil in JSON
}

// Over is what the row makes of an entry that there is: a CSV file says nothing
// about columns that it does not have, and what it does not say stays.
func (r Record) Over(was *Entry) *Entry {
	if was == nil || r.cells == nil {
		out := *r.Entry
		return &out
	}
	out := *was
	for _, c := range r.cells {
		_ = c.col.set(&out, c.text) // it has been read before without a fault
	}
	return &out
}

// FileFault is one thing wrong in a file: where, what it says, what it should be.
type FileFault struct {
	Line         int
	Column, Says string // the name of the column or field; "" the whole line
	Want         string
}

func (f *FileFault) Error() string {
	s := fmt.Sprintf("%d行目", f.Line)
	if f.Column != "" {
		s += "の「" + f.Column + "」"
	}
	if f.Says != "" {
		says := []rune(strings.ReplaceAll(f.Says, "\n", " "))
		if len(says) > 40 {
			says = append(says[:40], '…')
		}
		s += ": いまは「" + string(says) + "」"
	}
	return s + ": " + f.Want
}

// Limits of a file: more is no catalogue of a town, and must not fill the memory.
const (
	MaxFile   = 32 << 20
	MaxRows   = 20_000
	mostTold  = 100 // faults told at once
	wantLines = "行は20000までです。ファイルを分けてください。"
)

// faultList gathers faults, so that all are told at once.
type faultList struct{ all []error }

func (l *faultList) add(line int, column, says, want string) {
	if len(l.all) < mostTold {
		l.all = append(l.all, &FileFault{Line: line, Column: column, Says: says, Want: want})
	}
}

func (l *faultList) err() error { return errors.Join(l.all...) }

// readAll reads a file that is small enough and in UTF-8, without its BOM.
func readAll(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("catalogue: read file: %w", err)
	}
	if len(data) > MaxFile {
		return nil, &FileFault{Line: 1, Want: fmt.Sprintf("ファイルが大きすぎます。%dメガバイトまでです。", MaxFile>>20)}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		good := 0
		for rest := data; ; {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n <= 1 {
				break
			}
			good, rest = good+n, rest[n:]
		}
		return nil, &FileFault{Line: lineAt(data, good), Want: "文字コードが UTF-8 ではありません。Excel では「CSV UTF-8」を選んで保存します。"}
	}
	return data, nil
}

func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n"))
}

// WriteJSON writes entries as they are, one list.
func WriteJSON(w io.Writer, entries []*Entry) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(entries); err != nil {
		return fmt.Errorf("catalogue: write JSON: %w", err)
	}
	return nil
}

var unknownField = regexp.MustCompile(`unknown field "(.*)"`)

// ReadJSON reads what [WriteJSON] writes. A field that nobody knows is a fault:
// a name spelt wrong would otherwise lose its value in silence.
func ReadJSON(r io.Reader) ([]Record, error) {
	data, err := readAll(r)
	if err != nil {
		return nil, err
	}
	var faults faultList
	var rows []Record
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if t, err := in.Token(); err != nil || t != json.Delim('[') {
		faults.add(1, "", "", "JSON は [ で始まる一覧です。")
		return nil, faults.err()
	}
	for in.More() {
		from := int(in.InputOffset())
		from += len(data[from:]) - len(bytes.TrimLeft(data[from:], ", \t\r\n"))
		line := lineAt(data, from)
		if len(rows) == MaxRows {
			faults.add(line, "", "", wantLines)
			return nil, faults.err()
		}
		var e *Entry
		err := in.Decode(&e)
		if err == nil && e == nil {
			faults.add(line, "", "null", "ひとつの居場所やもよおしを { } で書きます。")
			continue
		}
		if err != nil && !jsonFault(&faults, data, from, int(in.InputOffset()), err) {
			return nil, faults.err() // what follows cannot be told apart any more
		}
		if err == nil {
			rows = append(rows, Record{Line: line, Entry: e})
		}
	}
	if _, err := in.Token(); err != nil {
		faults.add(lineAt(data, int(in.InputOffset())), "", "", "一覧が ] で終わっていません。")
	} else if rest := bytes.TrimSpace(data[in.InputOffset():]); len(rest) > 0 {
		faults.add(lineAt(data, int(in.InputOffset())), "", string(rest), "一覧の ] のあとには何も書きません。")
	}
	checkRows(&faults, rows)
	return rows, faults.err()
}

// jsonFault tells what is wrong with the element between from and to, and whether
// the ones after it can be read.
func jsonFault(faults *faultList, data []byte, from, to int, err error) bool {
	element := data[from:max(from, min(to, len(data)))]
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	if m := unknownField.FindStringSubmatch(err.Error()); m != nil {
		at := max(0, bytes.Index(element, []byte(`"`+m[1]+`"`)))
		faults.add(lineAt(data, from+at), m[1], "", "この名前の項目はありません。つづりを確かめてください。")
		return true
	}
	switch {
	case errors.As(err, &kind):
		faults.add(lineAt(data, from), kind.Field, kind.Value, "値の形がちがいます（"+kind.Type.String()+"）。")
		return true
	case errors.As(err, &syntax):
		faults.add(lineAt(data, int(syntax.Offset)), "", "", "JSON として読めません。かっこ、引用符、コンマを確かめてください。")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		faults.add(lineAt(data, len(data)), "", "", "JSON が途中で終わっています。")
	default: // a time that is none, as it seems
		faults.add(lineAt(data, from), "", "", "この { } の中に、読めない値があります（"+err.Error()+"）。")
		return true
	}
	return false
}

// ids stand in addresses and taps.
var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`)

// checkRows holds every row to the model, and ids to one row each.
func checkRows(faults *faultList, rows []Record) {
	seen := map[string]int{}
	for _, r := range rows {
		e := *r.Entry
		name := "番号"
		switch {
		case e.ID == "":
			e.ID = "new" // it gets one when it is sent in
			name = "名前"
		case !idForm.MatchString(e.ID):
			faults.add(r.Line, "番号", e.ID, "半角の英数字と - _ . だけで、64字までです。空けておけば、こちらで付けます。")
		}
		key := r.Entry.ID
		if key == "" {
			key = "\x00" + e.Group + "\x00" + e.Name()
		}
		if first, twice := seen[key]; twice {
			faults.add(r.Line, name, cmp.Or(r.Entry.ID, e.Name()), fmt.Sprintf("%d行目と同じです。べつのものなら、ちがう番号を書いてください。", first))
		}
		seen[key] = r.Line
		if !slices.Contains(states, e.State) {
			faults.add(r.Line, "状態", string(e.State), "この状態はありません。空けておけます。")
		}
		for _, f := range Faults(e.Check()) {
			col := columnOf(f.Field)
			says := ""
			if col.get != nil {
				says = col.get(r.Entry)
			}
			faults.add(r.Line, col.ja, says, f.Text)
		}
	}
}

var states = []State{"", Draft, Waiting, Published, Paused, Cancelled, Recalled}
