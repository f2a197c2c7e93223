package redact

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// clean brings a text into the one form that all rules read: NFKC, one kind of
// dash and blank, nothing invisible. It is false for what hides its direction or
// brings marks of our own.
func clean(s string) (string, bool) {
	if utf8.RuneCountInString(s) > maxRunes || !utf8.ValidString(s) {
		return "", false
	}
	var b strings.Builder
	for _, r := range norm.NFKC.String(s) {
		switch {
		case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069, unicode.Is(unicode.Co, r):
			return "", false
		case r == '\n' || r == '\r' || r == '\t' || r == 0x2028 || r == 0x2029:
			b.WriteByte('\n')
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Variation_Selector, r) ||
			r >= 0x0300 && r <= 0x036F || r >= 0x20D0 && r <= 0x20F0 || r == 0x115F || r == 0x3164:
			continue // NFKC has composed what belongs to a letter: the rest decorates or hides
		case unicode.Is(unicode.Pd, r) || strings.ContainsRune("−─━﹣⁃", r):
			b.WriteByte('-')
		case r == '〜' || r == '～':
			b.WriteByte('~')
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case r == '’' || r == '‘' || r == 'ʼ':
			b.WriteByte('\'')
		case r == '[' || r == ']': // nobody writes our placeholders but we
			b.WriteByte("()"[strings.IndexRune("[]", r)])
		default:
			b.WriteRune(r)
		}
	}
	return longMark.ReplaceAllString(b.String(), "$1-"), true
}

// longMark finds the vowel mark where a phone keyboard gave it for a dash.
var longMark = regexp.MustCompile(`([0-9〇])ー`)

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) || r == '々' || r == 'ヶ' || r == 'ヵ' }
func isHira(r rune) bool {
	return r >= 'ぁ' && r <= 'ゖ'
}
func isKata(r rune) bool  { return r >= 'ァ' && r <= 'ヺ' || r == 'ー' || r == '・' }
func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) }

func hasKana(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return isHira(r) || r >= 'ァ' && r <= 'ヺ' })
}

// readable says whether the rules can judge a text: letters of Japanese and Latin
// only, and no Chinese, whose names look like Japanese words.
func readable(s string, kana bool) bool {
	upper, lower, words := 0, 0, 0
	han := false
	var last rune
	for _, r := range s {
		switch {
		case isLatin(r):
			if unicode.IsUpper(r) {
				upper++
			} else {
				lower++
			}
			if !isLatin(last) {
				words++
			}
		case isHira(r) || isKata(r) || r == 'ゝ' || r == 'ゞ':
		case isHan(r) || r == '〇' || r == '〆':
			han = true
			if !japaneseHan(r) {
				return false
			}
		case unicode.IsLetter(r), unicode.IsNumber(r) && r > unicode.MaxASCII, unicode.Is(unicode.M, r):
			return false
		}
		last = r
	}
	if han && !kana {
		return false
	}
	if lower == 0 && upper > 8 && words > 2 { // shouted: capitals tell no names
		return false
	}
	return !spelled.MatchString(s)
}

// spelled finds letters set apart one by one, which no rule for words can read.
var spelled = regexp.MustCompile(`(?:^|[\s.・-])(?:[\p{L}][\s.・-]{1,2}){3,}[\p{L}](?:$|[^\p{L}])`)

func japaneseHan(r rune) bool {
	if r == '々' || r == '〇' || r == '〆' || r == '﨑' || r == '髙' {
		return true
	}
	_, err := japanese.ShiftJIS.NewEncoder().String(string(r))
	return err == nil
}

// announced finds a name that was announced; what follows must be a mark by now.
var announced = regexp.MustCompile(`(?:お名前|名前|氏名|本名|旧姓|名字|苗字)(?:は|が|を|:|、|\s)+\s*(.{0,6})|(?i:my name is|my name's|me chamo|meu nome é|tên là|tên tôi là|pangalan ko(?: po)?(?: ay)?)\s+(.{0,6})`)

// unnamed are the words after which a name is just what does not come.
var unnamed = regexp.MustCompile(`^(?:言|い[わいえう]|出|だ[しさ]|書|か[かき]|聞|き[かきい]|知|し[らり]|要|いらな|な[しいく]|無|教|おしえ|伝|隠|伏|匿|必要|何|なん|どう|わか|分か|忘|覚|呼|よ[ばん]|変|同じ|きかれ|求め|名乗|なの[らっ]|載|の[せる]|not|no\b|secret|private|hidden|important)`)

// doubtful says whether a covered text still holds what a rule should have taken.
func doubtful(s string) bool {
	for _, m := range announced.FindAllStringSubmatch(s, -1) {
		next := m[1] + m[2]
		if next != "" && !unnamed.MatchString(strings.ToLower(next)) && !strings.ContainsFunc(next, isMark) {
			return true
		}
	}
	return leftover.MatchString(s)
}

// leftover finds digits in a row that are no sum of money, count or year.
var leftover = regexp.MustCompile(`[0-9][0-9 .\-]{8,}[0-9]`)
