package config

import (
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"engawa/config/privacy"
)

func readChannelSecret(c *Config, value string) (ja, en string) {
	c.ChannelSecrets = append(c.ChannelSecrets, NewSecret(value))
	return "", ""
}

func readChannelID(c *Config, value string) (ja, en string) {
	if strings.Trim(value, "0123456789") != "" {
		return "数字だけで書いてください（チャネル基本設定の「チャネルID」です）", "digits only, please (Channel ID in Basic settings)"
	}
	c.ChannelID = value
	return "", ""
}

var lineUserID = regexp.MustCompile(`^U[0-9a-f]{32}$`)

func readBotUserID(c *Config, value string) (ja, en string) {
	if !lineUserID.MatchString(value) {
		return "U と32桁の16進数で書いてください（チャネル基本設定の「あなたのユーザーID」ではなく、Messaging API の bot のものです）",
			"U and 32 hex digits, please: the bot's own user id"
	}
	c.BotUserID = value
	return "", ""
}

// readMaster takes a comma list, or the lines of a file with remarks after #.
func readMaster(c *Config, value string) (ja, en string) {
	var keys []string
	for _, line := range strings.Split(value, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.Trim(strings.TrimSpace(line), ","); line != "" {
			keys = append(keys, line)
		}
	}
	m, err := privacy.ParseMaster(strings.Join(keys, ","))
	if err != nil {
		why := strings.ReplaceAll(strings.ReplaceAll(err.Error(), "\n", "; "), "privacy: ", "")
		return "32バイトの鍵を base64 で、新しいものから「,」で区切って書いてください。`engawa keygen` で作れます（" + why + "）",
			"32 random bytes in base64, comma-separated, newest first; `engawa keygen` makes one (" + why + ")"
	}
	c.Master = m
	return "", ""
}

func redisURL(field func(*Config) *Secret) func(*Config, string) (string, string) {
	return func(c *Config, value string) (ja, en string) {
		if _, err := parseRedis(value); err != nil {
			return "Redis の場所として読めません。例: redis://ホスト:6379/0、redis+sentinel://a,b/マスター名、redis+cluster://a,b（パスワードの記号は %40 のように書きます）",
				"not readable as a Redis address, e.g. redis://host:6379/0, redis+sentinel://a,b/master, redis+cluster://a,b (percent-encode signs in the password)"
		}
		*field(c) = NewSecret(value)
		return "", ""
	}
}

func address(field func(*Config) *string) func(*Config, string) (string, string) {
	return func(c *Config, value string) (ja, en string) {
		_, port, err := net.SplitHostPort(value)
		n, perr := strconv.Atoi(port)
		if err != nil || perr != nil || n < 0 || n > 65535 {
			return "「127.0.0.1:8080」のように、場所とポートを書いてください", "write host and port, like 127.0.0.1:8080"
		}
		*field(c) = value
		return "", ""
	}
}

// endpoint takes https anywhere, http on this machine only: tokens and words travel there.
func endpoint(field func(*Config) *string) func(*Config, string) (string, string) {
	return func(c *Config, value string) (ja, en string) {
		u, err := url.Parse(value)
		if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
			(u.Scheme != "https" && u.Scheme != "http") {
			return "「https://example.lg.jp」のような URL で書いてください", "write a URL like https://example.lg.jp"
		}
		port := u.Port()
		if port == "" {
			port = "80"
		}
		if u.Scheme == "http" && !loopback(net.JoinHostPort(u.Hostname(), port)) {
			return "https:// にしてください。http:// はこの機械の中（127.0.0.1）だけです", "use https://; http:// is for this machine (127.0.0.1) only"
		}
		*field(c) = strings.TrimRight(value, "/")
		return "", ""
	}
}

func folder(field func(*Config) *string) func(*Config, string) (string, string) {
	return func(c *Config, value string) (ja, en string) {
		if info, err := os.Stat(value); err != nil || !info.IsDir() {
			return "そのフォルダーがありません。場所と権限を確かめてください", "there is no such folder; check path and permissions"
		}
		*field(c) = value
		return "", ""
	}
}

func file(field func(*Config) *string) func(*Config, string) (string, string) {
	return func(c *Config, value string) (ja, en string) {
		f, err := os.Open(value) //#nosec G304 -- the operator names the file
		if err != nil {
			return "そのファイルが読めません。場所と権限を確かめてください", "this file cannot be read; check path and permissions"
		}
		_ = f.Close()
		*field(c) = value
		return "", ""
	}
}

func readProxies(c *Config, value string) (ja, en string) {
	for _, text := range strings.Split(value, ",") {
		text = strings.TrimSpace(text)
		if ip, err := netip.ParseAddr(text); err == nil {
			c.TrustedProxies = append(c.TrustedProxies, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return "「10.0.0.5」か「10.0.0.0/24」の形で、「,」で区切って書いてください", "write 10.0.0.5 or 10.0.0.0/24, comma-separated"
		}
		if p.Bits() == 0 {
			return "すべての場所を信じることはできません。プロキシの IP を書いてください", "trusting every address is not allowed; name the proxies"
		}
		c.TrustedProxies = append(c.TrustedProxies, p.Masked())
	}
	return "", ""
}

func readLanes(c *Config, value string) (ja, en string) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 99 {
		return "1 から 99 の数で書いてください", "a number from 1 to 99, please"
	}
	c.Lanes = n
	return "", ""
}

func readReplicas(c *Config, value string) (ja, en string) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > 4 {
		return "0 から 4 の数で書いてください", "a number from 0 to 4, please"
	}
	c.Replicas = n
	return "", ""
}

// readAssistURL takes an address without a password; api-version alone may follow
// it, for Azure. Whether plain http stays inside is judged where the model is called.
func readAssistURL(c *Config, value string) (ja, en string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "「http://10.0.0.5:8000/v1」のような URL で、パスワードを入れずに書いてください", "write a URL like http://10.0.0.5:8000/v1, without a password in it"
	}
	c.Assist.URL = value
	return "", ""
}

func readAssistBudget(c *Config, value string) (ja, en string) {
	for _, part := range strings.SplitN(value, "/", 2) {
		if n, err := strconv.Atoi(strings.TrimSpace(part)); err != nil || n < 1 {
			return "「2000」か「2000/3000000」のように、1 以上の数で書いてください", "write 2000 or 2000/3000000, each at least 1"
		}
	}
	c.Assist.Budget = value
	return "", ""
}

// readMailServer takes TLS anywhere; smtp+insecure on this machine only.
func readMailServer(c *Config, value string) (ja, en string) {
	u, err := url.Parse(value)
	if err != nil || u.Hostname() == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" {
		return "「smtp://名前:パスワード@ホスト:587」の形で書いてください（パスワードの記号は %40 のように）", "write smtp://user:password@host:587 (percent-encode signs in the password)"
	}
	switch u.Scheme {
	case "smtp", "smtps":
	case "smtp+insecure":
		if !loopback(net.JoinHostPort(u.Hostname(), "25")) {
			return "smtp+insecure:// はこの機械の中（127.0.0.1）だけです", "smtp+insecure:// is for this machine (127.0.0.1) only"
		}
	default:
		return "smtp:// か smtps:// にしてください", "smtp:// or smtps://, please"
	}
	c.Alarm.MailServer = NewSecret(value)
	return "", ""
}

func readAddresses(put func(*Config, []string)) func(*Config, string) (string, string) {
	return func(c *Config, value string) (ja, en string) {
		var all []string
		for _, one := range strings.Split(value, ",") {
			a, err := mail.ParseAddress(strings.TrimSpace(one))
			if err != nil {
				return "「name@example.lg.jp」の形で、「,」で区切って書いてください", "write name@example.lg.jp, comma-separated"
			}
			all = append(all, a.Address)
		}
		put(c, all)
		return "", ""
	}
}

func readBubbleWait(c *Config, value string) (ja, en string) {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 || d > 5*time.Second {
		return "「1.2s」のように、0s から 5s の間で書いてください", "a duration from 0s to 5s, please, like 1.2s"
	}
	c.BubbleWait = d
	return "", ""
}

func readUndo(c *Config, value string) (ja, en string) {
	d, err := time.ParseDuration(value)
	if err != nil || d < 0 || d > 30*time.Second {
		return "「5s」のように、0s から 30s の間で書いてください", "a duration from 0s to 30s, please, like 5s"
	}
	c.Undo = d
	return "", ""
}

// readClosedView takes days: nobody thinks of months in hours.
func readClosedView(c *Config, value string) (ja, en string) {
	days, err := strconv.Atoi(value)
	if err != nil || days < 0 || days > 365 {
		return "「90」のように、0 から 365 の間の日数で書いてください", "a number of days from 0 to 365, please, like 90"
	}
	c.ClosedView = time.Duration(days) * 24 * time.Hour
	return "", ""
}

func readSilence(c *Config, value string) (ja, en string) {
	d, err := time.ParseDuration(value)
	if err != nil || d != 0 && (d < 15*time.Minute || d > 72*time.Hour) {
		return "「6h」のように、15m から 72h の間か、0 で書いてください", "a duration from 15m to 72h, please, like 6h; 0 = never"
	}
	c.Silence = d
	return "", ""
}

func readLogLevel(c *Config, value string) (ja, en string) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[strings.ToLower(value)]
	if !ok {
		return "debug、info、warn、error のどれかにしてください", "debug, info, warn or error, please"
	}
	c.LogLevel = level
	return "", ""
}

func readLogFormat(c *Config, value string) (ja, en string) {
	switch strings.ToLower(value) {
	case "json":
		c.LogJSON = true
	case "text":
	default:
		return "text か json にしてください", "text or json, please"
	}
	return "", ""
}
