package redact

import (
	"regexp"
	"strings"
)

// Patterns of things that have a form. Order matters: what is longer and surer comes first.
var (
	mailRE = regexp.MustCompile(`(?i)[a-z0-9._%+\-]+\s?(?:@|\(at\)|\(@\)|アットマーク|あっとまーく|アット|あっと)\s?[a-z0-9\-]+(?:\s?(?:\.|\(dot\)|ドット|どっと)\s?[a-z0-9\-]+)*|[a-z0-9._%+\-]+ at [a-z0-9\-]+(?: ?(?:\.| dot ) ?[a-z0-9\-]+)+`)
	urlRE  = regexp.MustCompile(`(?i)(?:h[tx]{2}ps?|ftp|line)\s?:\s?//[^\s。、」』)<>"]+|www\.[^\s。、」』)<>"]+|[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.(?:com|net|org|jp|info|io|me|co|app|dev|biz|tv|cc|ly|gl|be|vn|ph|br|cn|kr|np|us|uk|to|xyz|site|shop|club|link|page|gd|tk)(?:/[^\s。、」』)<>"]*|\b)`)
	atRE   = regexp.MustCompile(`@[A-Za-z0-9_.]{2,}`)

	handleRE = regexp.MustCompile(`(?i)(?:line\s?id|ライン\s?id|\bid|インスタ(?:グラム)?|instagram|twitter|ツイッター|facebook|フェイスブック|tiktok|ティックトック|アカウント(?:名)?|ユーザー名|username|discord|ディスコード|skype|スカイプ|カカオ|kakao|wechat|zalo|messenger|viber|telegram|whatsapp)\s*(?:の)?(?:id|名)?\s*(?:は|が|:|=|→|\bis\b|\blà\b|\bé\b|\bay\b)\s*([A-Za-z0-9_.\-]{3,})`)
	secretRE = regexp.MustCompile(`(?i)(?:暗証番号|パスワード|パスコード|認証コード|確認コード|認証番号|合言葉|\bpin(?: code)?|passcode|password|mật khẩu|senha|\bcode)\s*(?:は|が|:|=|\bis\b|\blà\b|\bé\b|\bay\b)?\s*([!-~]{3,})`)
	numberRE = regexp.MustCompile(`(?i)(?:番号|記号|№|\bno\.|会員番号|受付番号|number)\s*(?:は|が|:|=|\bis\b)?\s*([a-z]{0,3}-?[0-9][0-9a-z\- ]*[0-9])`)
	idRE     = regexp.MustCompile(`[A-Za-z]{1,3}[ \-]?[0-9]{5,10}[A-Za-z]{0,3}`)
	plateRE  = regexp.MustCompile(`\p{Han}{1,4}\s?[0-9]{2,3}\s?[ぁ-ん]\s?[0-9・\-]{1,6}`)
	tokenRE  = regexp.MustCompile(`[A-Za-z0-9+/=_\-]{20,}`)

	digits     = `[0-9〇零○◯一二三四五六七八九]`
	between    = `[\s\-./()·・,、のノ~_*|+]{0,3}`
	clusterRE  = regexp.MustCompile(`[+(]?` + digits + `(?:` + between + digits + `){6,}\)?`)
	shortRE    = regexp.MustCompile(`[0-9](?:[\s\-.()]{0,2}[0-9]){4,5}`)
	moneyRE    = regexp.MustCompile(`^[0-9]{1,3}(?:[,.][0-9]{3})+$|^[0-9]+$`)
	unitRE     = regexp.MustCompile(`(?i)^\s?(?:円|万|千|億|ドル|えん|yen|jpy|usd|vnd|đ|dong|đồng|pesos?|php|reais|real|人|歩|kcal|キロ|km|m\b|g\b|kg|件|回|字|文字|ペソ|ドン|ウォン|ルピー|レアル)`)
	amountRE   = regexp.MustCompile(`(?:[¥$₱€]|R\$|約)\s?$`)
	wordDigits = regexp.MustCompile(`(?i)(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|không|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|sero|isa|dalawa|tatlo|apat|lima|anim|pito|walo|siyam|um|dois|três|quatro|cinco|seis|sete|oito|nove|meia|[0-9])[\s,.\-]+){5,}(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|không|một|hai|ba|bốn|năm|sáu|bảy|tám|chín|sero|isa|dalawa|tatlo|apat|lima|anim|pito|walo|siyam|um|dois|três|quatro|cinco|seis|sete|oito|nove|meia|[0-9]+)`)
	kanaDigits = regexp.MustCompile(`(?:(?:ゼロ|ぜろ|れい|レイ|マル|まる|いち|イチ|にー?|ニー?|さん|サン|よん|ヨン|ごー?|ゴー?|ろく|ロク|なな|ナナ|しち|シチ|はち|ハチ|きゅう|きゅー|キュー|キュウ|[0-9])[\s\-・、のノ]?){7,}`)
)

// structured takes out whatever has a form of its own.
func (w *work) structured() {
	w.cut(mailRE, 0, Mail, nil)
	w.cut(urlRE, 0, URL, nil)
	w.cut(handleRE, 1, Handle, nil)
	w.cut(atRE, 0, Handle, nil)
	w.cut(secretRE, 1, Secret, func(m []string, _, _ string) bool { return !strings.ContainsAny(m[1], "0123456789") })
	w.dates()
	w.cut(plateRE, 0, ID, nil)
	w.cut(idRE, 0, ID, func(m []string, before, after string) bool {
		return amountRE.MatchString(before+m[0][:1]) || unitRE.MatchString(after)
	})
	w.cut(tokenRE, 0, ID, func(m []string, _, _ string) bool { return !strings.ContainsAny(m[0], "0123456789") })
	w.clusters()
	w.cut(wordDigits, 0, Phone, nil)
	w.cut(kanaDigits, 0, Phone, nil)
	w.cut(shortRE, 0, Number, isAmount)
	w.cut(numberRE, 1, Number, nil)
}

func isAmount(m []string, before, after string) bool {
	return moneyRE.MatchString(m[0]) && (unitRE.MatchString(after) || amountRE.MatchString(before))
}

// clusters takes out seven and more digits, whatever stands between them. Money
// stays: it tells nobody who somebody is.
func (w *work) clusters() {
	for _, k := range []Kind{MyNumber, Card, Phone, Postal, Account, Number} {
		w.cut(clusterRE, 0, k, func(m []string, before, after string) bool {
			return isAmount(m, before, after) || kindOf(m[0], before) != k
		})
	}
}

func kindOf(s, before string) Kind {
	d := asciiDigits(s)
	tail := before
	if n := len(tail); n > 60 {
		tail = tail[n-60:]
	}
	switch {
	case len(d) == 12 && checkMyNumber(d):
		return MyNumber
	case len(d) >= 13 && len(d) <= 19 && luhn(d):
		return Card
	case strings.HasPrefix(s, "+") || len(d) >= 10 && len(d) <= 11 && d[0] == '0':
		return Phone
	case strings.Contains(tail, "口座") || strings.Contains(tail, "普通") || strings.Contains(tail, "当座") || strings.Contains(tail, "支店"):
		return Account
	case len(d) == 7:
		return Postal
	}
	return Number
}

func asciiDigits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if i := strings.IndexRune("〇一二三四五六七八九", r); i >= 0 {
			b.WriteByte(byte('0' + i/3)) //#nosec G115 -- i/3 is 0 to 9
		} else if strings.ContainsRune("零○◯", r) {
			b.WriteByte('0')
		}
	}
	return b.String()
}

// checkMyNumber verifies the check digit of an individual number.
func checkMyNumber(d string) bool {
	sum := 0
	for n := 1; n <= 11; n++ {
		q := n + 1
		if n > 6 {
			q = n - 5
		}
		sum += int(d[11-n]-'0') * q
	}
	check := 0
	if r := sum % 11; r > 1 {
		check = 11 - r
	}
	return int(d[11]-'0') == check
}

func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

const (
	era      = `(?:明治|大正|昭和|平成|令和|[MTSHRmtshr])\.?\s?(?:[0-9]{1,2}|元|[一二三四五六七八九十]{1,3})`
	monthsEn = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|janeiro|fevereiro|março|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|enero|pebrero|marso|abril|mayo|hunyo|hulyo|agosto|setyembre|oktubre|nobyembre|disyembre)`
)

var (
	fullDates = []*regexp.Regexp{
		regexp.MustCompile(`(?:(?:19|20)[0-9]{2}|'[0-9]{2}|` + era + `)\s?(?:年|[-/. ])\s?[0-9]{1,2}\s?(?:月|[-/. ])\s?[0-9]{1,2}\s?日?`),
		regexp.MustCompile(`(?:` + era + `|[一二〇九八七六五四三二零]{4})年[0-9一二三四五六七八九十]{1,3}月[0-9一二三四五六七八九十]{1,3}日`),
		regexp.MustCompile(`[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:(?:19|20)[0-9]{2}|[0-9]{2})\b`),
		regexp.MustCompile(`(?i)\b` + monthsEn + `\.?\s+[0-9]{1,2}(?:st|nd|rd|th)?,?\s+(?:of\s+)?(?:19|20)[0-9]{2}`),
		regexp.MustCompile(`(?i)\b(?:ika-?)?[0-9]{1,2}(?:st|nd|rd|th|º)?\s+(?:of\s+|de\s+|ng\s+)?` + monthsEn + `,?\s+(?:of\s+|de\s+)?(?:19|20)[0-9]{2}`),
		regexp.MustCompile(`(?i)(?:ngày\s+)?[0-9]{1,2}\s+tháng\s+[0-9]{1,2}(?:,?\s+năm\s+[0-9]{4})`),
	}
	birthRE    = regexp.MustCompile(`(?i)生年月日|誕生日|たんじょうび|生まれ|うまれ|birth|born|\bdob\b|\bsinh\b|ipinanganak|kaarawan|nasci|aniversário`)
	birthDates = []*regexp.Regexp{
		regexp.MustCompile(`(?:(?:19|20)[0-9]{2}|` + era + `)\s?年?(?:\s?[0-9]{1,2}\s?月)?`),
		regexp.MustCompile(`[0-9一二三四五六七八九十]{1,3}\s?月\s?[0-9一二三四五六七八九十]{1,3}\s?日?|[0-9]{1,2}[/.\-][0-9]{1,2}`),
		regexp.MustCompile(`(?i)\b` + monthsEn + `\.?\s+(?:the\s+)?[0-9]{1,2}(?:st|nd|rd|th)?|[0-9]{1,2}(?:st|nd|rd|th)?\s+(?:of\s+|de\s+|ng\s+)?` + monthsEn + `|(?:ngày\s+)?[0-9]{1,2}\s+tháng\s+[0-9]{1,2}`),
		regexp.MustCompile(`[0-9]{6,8}`),
	}
)

// dates takes out every full date, and where somebody speaks of a birth also parts of one.
func (w *work) dates() {
	for _, re := range fullDates {
		w.cut(re, 0, Date, func(_ []string, before, _ string) bool {
			return strings.HasSuffix(strings.TrimRight(before, " "), "-") // the tail of something longer
		})
	}
	if birthRE.MatchString(w.text) {
		for _, re := range birthDates {
			w.cut(re, 0, Date, nil)
		}
	}
}
