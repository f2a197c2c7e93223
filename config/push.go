package config

import (
	"net"
	"regexp"
	"strconv"
	"strings"
)

var pushHost = regexp.MustCompile(`^\.?[a-z0-9-]+(\.[a-z0-9-]+)+$`)

// readPush takes no, yes, or the hosts of push services. A dot in front stands for
// all hosts below; host and port only for a service on this machine.
func readPush(c *Config, value string) (ja, en string) {
	switch value = strings.ToLower(value); value {
	case "no":
		return "", ""
	case "yes":
		c.Alarm.Push = []string{value}
		return "", ""
	}
	for _, host := range strings.Split(value, ",") {
		host = strings.TrimSpace(host)
		if h, _, err := net.SplitHostPort(host); err == nil {
			if ip := net.ParseIP(h); ip == nil || !ip.IsLoopback() {
				return "ポートつきで書けるのは、この機械の中（127.0.0.1:ポート）だけです", "a port is for this machine only (127.0.0.1:port)"
			}
		} else if !pushHost.MatchString(host) {
			return "no、yes、または「push.example.jp,.push.example.jp」のようなホスト名の一覧にしてください（https:// は書きません）",
				"no, yes, or a list of hosts like push.example.jp,.push.example.jp, without https://"
		}
		c.Alarm.Push = append(c.Alarm.Push, host)
	}
	return "", ""
}

// PushSubject is where a push service that has something to tell finds us: it asks
// for an https address or a mail address.
func (c Config) PushSubject() string {
	for _, url := range []string{c.PublicURL, c.ConsoleURL} {
		if strings.HasPrefix(url, "https://") {
			return url
		}
	}
	return c.Alarm.MailFrom
}

// push refuses what every push service would refuse.
func (l *loader) push() {
	if len(l.config.Alarm.Push) > 0 && l.config.PushSubject() == "" && !l.failed["ENGAWA_PUBLIC_URL"] && !l.failed["ENGAWA_CONSOLE_URL"] && !l.failed["ENGAWA_ALARM_MAIL_FROM"] {
		l.fault("ENGAWA_PUSH", "プッシュサービスは、こちらの連絡先をたずねます。ENGAWA_PUBLIC_URL（https）か ENGAWA_ALARM_MAIL_FROM も入れてください",
			"push services ask who rings: set ENGAWA_PUBLIC_URL (https) or ENGAWA_ALARM_MAIL_FROM too")
	}
}

// Reserve is how much of the month's messages is kept for what must arrive.
type Reserve struct {
	Messages int64 // so many, or
	Percent  int64 // so many of a hundred
}

// Of is the reserve of a month of so many messages.
func (r Reserve) Of(limit int64) int64 { return min(limit, max(r.Messages, (limit*r.Percent+99)/100)) }

func readPushReserve(c *Config, value string) (ja, en string) {
	number, percent := strings.CutSuffix(value, "%")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || percent && n > 90 {
		return "「200」のような通数か、「10%」のような割合（0%〜90%）で書いてください", "a number of messages, or a share from 0% to 90%, please"
	}
	c.Reserve = Reserve{Messages: n}
	if percent {
		c.Reserve = Reserve{Percent: n}
	}
	return "", ""
}
