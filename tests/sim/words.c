#include "words.h"

#define WORDS(name, array) \
	const struct words name = { array, (int64_t)LENGTH(array) }

static const char *const companies[] = {
	"Amy's Bird Sanctuary",
	"Balboa de Panamá",
	"Bill's Windsurf Shop",
	"Café Olé & Söhne",
	"Cool Cars",
	"Diego Rodríguez",
	"Dukes Basketball Camp",
	"Freeman Sporting Goods",
	"Geeta Kalapatapu",
	"Jürgen Müller GmbH",
	"Kookies by Kathy",
	"Mark Cho",
	"O'Brien / Núñez <Partners>",
	"Paulsen Medical Supplies",
	"Pye's Cakes",
	"Red Rock Diner",
	"Smørrebrød A/S",
	"Travis Waldron",
	"Weiskopf Consulting",
	"Zoë's Ⅻ Lamps",
	"Ñandú Expediciones",
	"Łódź Stolarnia",
	"Ελληνικός Καφές",
	"Цветы и подарки",
	"קפה תל אביב",
	"مكتبة النور",
	"हिन्दी पुस्तकालय",
	"ร้านกาแฟ",
	"Ẓahir Textiles",
	"さくら商店",
	"北京茶馆",
	"한빛 전자",
	"🌵 Cactus & Co 🏳️‍🌈",
};

static const char *const goods[] = {
	"Concrete",
	"Custom Design",
	"Fertilizer",
	"Fountain Pump",
	"Garden Rocks",
	"Gardening",
	"Hours",
	"Installation",
	"Lighting",
	"Maintenance & Repair",
	"Pest Control",
	"Refunds & Allowances",
	"Rock Fountain",
	"Services",
	"Sod",
	"Soil",
	"Sprinkler Heads",
	"Trimming",
	"Éclairage",
	"Überdachung",
	"Лопата",
	"ショベル",
	"花园",
};

static const char *const given[] = {
	"Amy",    "Bill",  "Grace", "Diego", "José", "Zoë",  "Søren",  "Anaïs",
	"Łukasz", "Ελένη", "Ольга", "יעל",   "ليلى", "सीता", "さくら", "伟",
};

static const char *const family[] = {
	"Lauterbach", "Lucchini", "Pariente", "Rodríguez", "O'Neil",  "Müller",
	"Ångström",   "D'Souza",  "Kowalska", "Παππάς",    "Иванова", "田中",
};

static const char *const streets[] = {
	"Finch St.", "Ocean Dr.",         "Channing",    "Easy St.",
	"Main St.",  "Cypress Hill Ave.", "Calle Ñuble", "Straße des 17. Juni",
};

static const char *const notes[] = {
	"Thank you for your business and have a great day!",
	"Weekly Gardening Service",
	"A private note.",
	"Gracias por su compra; ¡vuelva pronto!",
	"Größe L, 20 µm, ½ Preis – „wie besehen“",
	"Спасибо за покупку",
	"毎度ありがとうございます",
	"感谢您的惠顾 🙏🏽",
	"شكرا لكم",
	"धन्यवाद",
	"Cafe\xcc\x81 (e with a combining accent)",
	"5% off <today> & tomorrow",
};

WORDS(words_companies, companies);
WORDS(words_goods, goods);
WORDS(words_given, given);
WORDS(words_family, family);
WORDS(words_streets, streets);
WORDS(words_notes, notes);
