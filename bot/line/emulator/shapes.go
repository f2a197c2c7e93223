package emulator

import "regexp"

// What an object of LINE's API may hold, as data. The facts are those of LINE's
// published API description and reference; where the description is silent
// (lengths, patterns), the reference decides. A test holds this table equal to
// the description where that file is at hand.

// kind says what sort of value a field takes.
type kind byte

const (
	aString kind = iota
	anInt
	aNumber
	aFlag
	anObject // of the shape or union named field.of
	aList    // of such objects, or of strings when of is ""
	aMap     // any keys, each an object of field.of
)

// unit is what a string's length counts.
type unit byte

const (
	utf16Units unit = iota // LINE's default: an emoji outside the BMP is two
	graphemes              // labels, and whatever a person sees as one sign
)

// field is one property of a shape.
type field struct {
	kind  kind
	of    string         // anObject, aList, aMap
	need  bool           // must be there and not null
	min   int            // length, count or value
	max   int            // 0 = no bound
	unit  unit           // of min and max of a string
	enum  []string       // the only values
	re    *regexp.Regexp // what a string must look like
	https bool           // a URL of https only
}

// shape is one kind of object. Its type property is implied by the union it stands in.
type shape map[string]field

// union is a family of shapes, told apart by their type property.
type union map[string]string

func str(max int) field            { return field{kind: aString, max: max} }
func label(max int) field          { return field{kind: aString, max: max, unit: graphemes} }
func one(values ...string) field   { return field{kind: aString, enum: values} }
func like(re *regexp.Regexp) field { return field{kind: aString, re: re} }
func link(max int) field           { return field{kind: aString, max: max, https: true} }
func whole(min, max int) field     { return field{kind: anInt, min: min, max: max} }
func number() field                { return field{kind: aNumber} }
func flag() field                  { return field{kind: aFlag} }
func object(of string) field       { return field{kind: anObject, of: of} }
func list(of string, min, max int) field {
	return field{kind: aList, of: of, min: min, max: max}
}

// needed marks a field that must be there; a needed string is not empty either.
func (f field) needed() field {
	f.need = true
	if f.kind == aString && f.min == 0 {
		f.min = 1
	}
	return f
}

// with gives a shape the fields of another one too.
func (s shape) with(more shape) shape {
	for name, f := range more {
		s[name] = f
	}
	return s
}

// Patterns of the values that Flex takes.
var (
	pxOrWord   = regexp.MustCompile(`^(none|xs|sm|md|lg|xl|xxl|\d+(\.\d+)?px)$`)
	offsetLike = regexp.MustCompile(`^(none|xs|sm|md|lg|xl|xxl|-?\d+(\.\d+)?(px|%))$`)
	lengthLike = regexp.MustCompile(`^\d+(\.\d+)?(px|%)$`)
	padLike    = regexp.MustCompile(`^(none|xs|sm|md|lg|xl|xxl|\d+(\.\d+)?(px|%))$`)
	borderLike = regexp.MustCompile(`^(none|light|normal|medium|semi-bold|bold|\d+(\.\d+)?px)$`)
	colorLike  = regexp.MustCompile(`^#([0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$`)
	fontLike   = regexp.MustCompile(`^(xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|\d+(\.\d+)?px)$`)
	imageLike  = regexp.MustCompile(`^(xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl|full|\d+(\.\d+)?(px|%))$`)
	ratioLike  = regexp.MustCompile(`^\d{1,6}(\.\d+)?:\d{1,6}(\.\d+)?$`)
	linePx     = regexp.MustCompile(`^\d+(\.\d+)?px$`)
	angleLike  = regexp.MustCompile(`^\d+(\.\d+)?deg$`)
	percent    = regexp.MustCompile(`^\d+(\.\d+)?%$`)
	digitsOnly = regexp.MustCompile(`^\d+$`)
	aliasLike  = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)
	resumeLike = regexp.MustCompile(`^[0-9A-Za-z\-_]{1,100}$`)
	trackLike  = regexp.MustCompile(`^[A-Za-z0-9\-.=,+*()%$&;:@{}!?<>\[\]]{1,100}$`)
	userLike   = regexp.MustCompile(`^U[0-9a-f]{32}$`)
	uuidLike   = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)
)

// unions lists the families. The first word is the value of the type property.
var unions = map[string]union{
	"Message": {
		"text": "TextMessage", "textV2": "TextMessageV2", "sticker": "StickerMessage", "image": "ImageMessage",
		"video": "VideoMessage", "audio": "AudioMessage", "location": "LocationMessage", "imagemap": "ImagemapMessage",
		"template": "TemplateMessage", "flex": "FlexMessage", "coupon": "CouponMessage",
	},
	"Action": {
		"camera": "CameraAction", "cameraRoll": "CameraRollAction", "clipboard": "ClipboardAction",
		"datetimepicker": "DatetimePickerAction", "location": "LocationAction", "message": "MessageAction",
		"postback": "PostbackAction", "richmenuswitch": "RichMenuSwitchAction", "uri": "URIAction",
	},
	"RichMenuBatchOperation": {
		"link": "RichMenuBatchLinkOperation", "unlink": "RichMenuBatchUnlinkOperation", "unlinkAll": "RichMenuBatchUnlinkAllOperation",
	},
	"Template": {
		"buttons": "ButtonsTemplate", "confirm": "ConfirmTemplate", "carousel": "CarouselTemplate",
		"image_carousel": "ImageCarouselTemplate",
	},
	"FlexContainer": {"bubble": "FlexBubble", "carousel": "FlexCarousel"},
	"FlexComponent": {
		"box": "FlexBox", "button": "FlexButton", "image": "FlexImage", "video": "FlexVideo", "icon": "FlexIcon",
		"text": "FlexText", "span": "FlexSpan", "separator": "FlexSeparator", "filler": "FlexFiller",
	},
	"FlexBoxBackground":  {"linearGradient": "FlexBoxLinearGradient"},
	"ImagemapAction":     {"message": "MessageImagemapAction", "uri": "URIImagemapAction", "clipboard": "ClipboardImagemapAction"},
	"SubstitutionObject": {"mention": "MentionSubstitutionObject", "emoji": "EmojiSubstitutionObject"},
	"MentionTarget":      {"user": "UserMentionTarget", "all": "AllMentionTarget"},
}
