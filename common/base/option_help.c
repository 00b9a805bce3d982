#include "base/option_help.h"

enum { LINE_WIDTH = 78, INDENT = 8 };

/* Append a word of the synopsis, on a new line where this one is full. */
static void
print_word(FILE *to, size_t *column, const char *word)
{
	size_t len = strlen(word);

	if (*column + 1 + len > LINE_WIDTH) {
		fprintf(to, "\n%*s", INDENT - 1, "");
		*column = INDENT - 1;
	}
	fprintf(to, " %s", word);
	*column += 1 + len;
}

static void
spell(const struct option_row *row, char *word, size_t room)
{
	snprintf(word, room, "--%s%s%s", row->name, row->argument ? "=" : "",
		 row->argument ? row->argument : "");
}

static void
print_option(FILE *to, size_t *column, const struct option_row *row)
{
	char spelled[64], word[72];

	spell(row, spelled, sizeof(spelled));
	snprintf(word, sizeof(word), row->required ? "%s" : "[%s]", spelled);
	print_word(to, column, word);
}

static void
print_options(FILE *to, size_t *column, const struct option_table *table,
	      bool required)
{
	for (const struct option_table *t = table; t; t = t->also)
		for (size_t i = 0; i < t->count; i++)
			if (t->rows[i].name && t->rows[i].required == required)
				print_option(to, column, &t->rows[i]);
}

void
option_help_usage(FILE *to, const struct option_table *table)
{
	size_t column = strlen("usage: ") + strlen(table->tool);

	fprintf(to, "usage: %s", table->tool);
	if (table->operands)
		print_word(to, &column, table->operands);
	print_options(to, &column, table, true);
	print_options(to, &column, table, false);
	fprintf(to, "\n%s\n", table->about);
}

static void
print_row(FILE *to, const struct option_row *row)
{
	char spelled[64];

	if (row->name)
		spell(row, spelled, sizeof(spelled));
	else
		snprintf(spelled, sizeof(spelled), "%s", row->env);
	fprintf(to, "  %-22s %s", spelled, row->help);
	if (row->preset)
		fprintf(to, " (default %s)", row->preset);
	if (row->name && row->env)
		fprintf(to, " [%s]", row->env);
	if (row->secret)
		fprintf(to, " [or %s_FILE]", row->env);
	fputc('\n', to);
}

void
option_help_print(FILE *to, const struct option_table *table)
{
	option_help_usage(to, table);
	fputs("\noptions:\n", to);
	for (const struct option_table *t = table; t; t = t->also)
		for (size_t i = 0; i < t->count; i++)
			if (t->rows[i].name)
				print_row(to, &t->rows[i]);
	fprintf(to, "  %-22s %s\n  %-22s %s\n", "--help", "print this help",
		"--version", "print the version");

	bool titled = false;
	for (const struct option_table *t = table; t; t = t->also)
		for (size_t i = 0; i < t->count; i++) {
			if (t->rows[i].name)
				continue;
			if (!titled)
				fputs("\nenvironment:\n", to);
			titled = true;
			print_row(to, &t->rows[i]);
		}
}

static const char *
or_empty(const char *text)
{
	return text ? text : "";
}

void
option_help_list(FILE *to, const struct option_table *table)
{
	for (const struct option_table *t = table; t; t = t->also)
		for (size_t i = 0; i < t->count; i++) {
			const struct option_row *row = &t->rows[i];

			if (row->name)
				fprintf(to, "%s\t%s\t%s\t%s\t%s\n", row->name,
					or_empty(row->argument),
					or_empty(row->preset),
					or_empty(row->env), row->help);
		}
}
