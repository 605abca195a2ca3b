/* Texts and JSON: what stands behind the last two parts of cairn.h. */
#include "cairn.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Writing ---- */

typedef struct {
    char *at;
    size_t bytes, room;
} writer;

static void put(writer *w, const char *bytes, size_t count)
{
    if (w->bytes + count + 1 > w->room) {
        w->room = (w->bytes + count + 32) * 2;
        w->at = realloc(w->at, w->room);
        if (!w->at) {
            fputs("there is no memory left\n", stderr);
            abort();
        }
    }
    if (count)
        memcpy(w->at + w->bytes, bytes, count);
    w->bytes += count;
    w->at[w->bytes] = 0;
}

static void put_text(writer *w, const char *text)
{
    put(w, text, strlen(text));
}

static void put_quoted(writer *w, const char *text)
{
    put(w, "\"", 1);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        char escape[8];
        if (byte == '"' || byte == '\\')
            put(w, (char[]){'\\', *text}, 2);
        else if (byte < 0x20)
            put(w, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", byte));
        else
            put(w, text, 1);
    }
    put(w, "\"", 1);
}

/* Data in a key. */
static void put_encoded(writer *w, const char *text)
{
    for (; *text; text++) {
        char escape[4];
        if (strchr("%/[]", *text))
            put(w, escape, (size_t)snprintf(escape, sizeof escape, "%%%02X", (unsigned char)*text));
        else
            put(w, text, 1);
    }
}

static void put_number(writer *w, double number)
{
    char digits[32];
    if (isfinite(number))
        put(w, digits, (size_t)snprintf(digits, sizeof digits, "%.17g", number));
    else
        put_text(w, "null");
}

/* A whole number, if the conversion is one: gives what stands behind it, or NULL. */
static const char *put_whole(writer *w, const char *conversion, va_list *of)
{
    const char *end = conversion + strspn(conversion, "lz");
    size_t longs = (size_t)(end - conversion);
    char digits[32];
    int count;
    if (*end == 'd') {
        long long n = longs == 0 ? va_arg(*of, int) : longs == 1 ? va_arg(*of, long) : va_arg(*of, long long);
        count = snprintf(digits, sizeof digits, "%lld", n);
    } else if (*end == 'u') {
        unsigned long long n = longs == 0   ? va_arg(*of, unsigned)
                               : longs == 1 ? va_arg(*of, unsigned long) /* also a size_t */
                                            : va_arg(*of, unsigned long long);
        count = snprintf(digits, sizeof digits, "%llu", n);
    } else {
        return NULL;
    }
    put(w, digits, (size_t)count);
    return end + 1;
}

static void unknown(const char *format)
{
    fprintf(stderr, "a conversion that is not known, in: %s\n", format);
    abort();
}

char *cairn_format(const char *format, ...)
{
    va_list of;
    va_start(of, format);
    char *text = NULL;
    if (vasprintf(&text, format, of) < 0)
        unknown(format);
    va_end(of);
    return text;
}

char *cairn_key(const char *format, ...)
{
    writer w = {0};
    va_list of;
    va_start(of, format);
    put(&w, "", 0);
    for (const char *c = format; *c;) {
        const char *end;
        if (*c != '%') {
            put(&w, c++, 1);
        } else if (c[1] == '%') {
            put(&w, c, 1);
            c += 2;
        } else if (c[1] == 's') {
            put_encoded(&w, va_arg(of, const char *));
            c += 2;
        } else if ((end = put_whole(&w, c + 1, &of))) {
            c = end;
        } else {
            unknown(format);
        }
    }
    va_end(of);
    return w.at;
}

char *cairn_json(const char *format, ...)
{
    writer w = {0};
    va_list of;
    va_start(of, format);
    for (const char *c = format; *c;) {
        if (*c != '%') {
            put(&w, *c == '\'' ? "\"" : c, 1);
            c++;
            continue;
        }
        const char *text, *end = put_whole(&w, c + 1, &of);
        if (end) {
            c = end;
            continue;
        }
        switch (c[1]) {
        case 's':
            text = va_arg(of, const char *);
            if (text)
                put_quoted(&w, text);
            else
                put_text(&w, "null");
            break;
        case 'j':
            text = va_arg(of, const char *);
            put_text(&w, text ? text : "null");
            break;
        case 'b': put_text(&w, va_arg(of, int) ? "true" : "false"); break;
        case 'f': put_number(&w, va_arg(of, double)); break;
        case '%': put(&w, "%", 1); break;
        default: unknown(format);
        }
        c += 2;
    }
    va_end(of);
    return w.at;
}

char *cairn_list(size_t count, const char *const *items)
{
    writer w = {0};
    put(&w, "[", 1);
    for (size_t i = 0; i < count; i++) {
        if (i)
            put(&w, ",", 1);
        put_text(&w, items[i]);
    }
    put(&w, "]", 1);
    return w.at;
}

/* ---- Reading ---- */

typedef struct {
    const char *at;
    cairn_value *values; /* where the next value goes */
    char *texts;         /* where the next text goes */
    int depth;
} reader;

enum { DEEPEST = 512 };

static cairn_value *read_value(reader *r);

static void skip_space(reader *r)
{
    r->at += strspn(r->at, " \t\r\n");
}

static bool skip(reader *r, const char *word)
{
    size_t bytes = strlen(word);
    if (strncmp(r->at, word, bytes))
        return false;
    r->at += bytes;
    return true;
}

/* The four digits behind \u, or -1. */
static long read_unit(const char *at)
{
    long unit = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit)
            return -1;
        unit = unit * 16 + (digit - digits) % 16;
    }
    return unit;
}

static void put_point(reader *r, unsigned long point)
{
    int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
    *r->texts++ = (char)(first[more] | point >> (6 * more));
    while (more--)
        *r->texts++ = (char)(0x80 | (point >> (6 * more) & 0x3F));
}

/* What stands behind a backslash. */
static bool read_escape(reader *r)
{
    static const char names[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    char name = *r->at++;
    const char *known = name ? strchr(names, name) : NULL;
    if (known) {
        *r->texts++ = means[known - names];
        return true;
    }
    long unit = name == 'u' ? read_unit(r->at) : -1;
    if (unit < 0)
        return false;
    r->at += 4;
    unsigned long point = (unsigned long)unit;
    if (point >= 0xD800 && point < 0xDC00 && r->at[0] == '\\' && r->at[1] == 'u') {
        long low = read_unit(r->at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10) + ((unsigned long)low - 0xDC00);
            r->at += 6;
        }
    }
    put_point(r, point >= 0xD800 && point < 0xE000 ? 0xFFFD : point); /* half of a pair is no character */
    return true;
}

/* A text, decoded into the room for texts; NULL if it is none. */
static const char *read_text(reader *r, size_t *bytes)
{
    if (!skip(r, "\""))
        return NULL;
    char *begin = r->texts;
    while (*r->at != '"') {
        if ((unsigned char)*r->at < 0x20)
            return NULL;
        if (*r->at != '\\')
            *r->texts++ = *r->at++;
        else if (r->at++, !read_escape(r))
            return NULL;
    }
    r->at++;
    *bytes = (size_t)(r->texts - begin);
    *r->texts++ = 0;
    return begin;
}

static bool read_number(reader *r, cairn_value *value)
{
    const char *digits = r->at + (*r->at == '-');
    size_t whole = strspn(digits, "0123456789");
    const char *end = digits + whole;
    if (!whole || (whole > 1 && *digits == '0'))
        return false;
    value->type = CAIRN_INTEGER;
    if (*end == '.') {
        size_t more = strspn(end + 1, "0123456789");
        if (!more)
            return false;
        value->type = CAIRN_NUMBER;
        end += 1 + more;
    }
    if (*end == 'e' || *end == 'E') {
        end += 1 + (end[1] == '+' || end[1] == '-');
        size_t more = strspn(end, "0123456789");
        if (!more)
            return false;
        value->type = CAIRN_NUMBER;
        end += more;
    }
    value->number = strtod(r->at, NULL);
    errno = 0;
    if (value->type == CAIRN_INTEGER)
        value->integer = strtoll(r->at, NULL, 10);
    if (errno)
        value->type = CAIRN_NUMBER; /* more than 64 bits hold */
    r->at = end;
    return true;
}

/* The parts of a list or of an object, up to its end. */
static bool read_parts(reader *r, cairn_value *whole, char end)
{
    const cairn_value **place = &whole->first;
    r->at++;
    skip_space(r);
    if (*r->at == end)
        return r->at++, true;
    if (++r->depth > DEEPEST)
        return false;
    do {
        const char *name = NULL;
        size_t bytes;
        skip_space(r);
        if (end == '}') {
            name = read_text(r, &bytes);
            skip_space(r);
            if (!name || !skip(r, ":"))
                return false;
        }
        cairn_value *part = read_value(r);
        if (!part)
            return false;
        part->name = name;
        *place = part;
        place = &part->next;
        whole->count++;
        skip_space(r);
    } while (skip(r, ","));
    r->depth--;
    return *r->at++ == end;
}

static cairn_value *read_value(reader *r)
{
    skip_space(r);
    cairn_value *value = r->values++;
    *value = (cairn_value){.source = r->at};
    bool read = true;
    if (*r->at == '{') {
        value->type = CAIRN_FIELDS;
        read = read_parts(r, value, '}');
    } else if (*r->at == '[') {
        value->type = CAIRN_ITEMS;
        read = read_parts(r, value, ']');
    } else if (*r->at == '"') {
        value->type = CAIRN_TEXT;
        value->text = read_text(r, &value->count);
        read = value->text != NULL;
    } else if (skip(r, "true")) {
        value->type = CAIRN_TRUE;
    } else if (skip(r, "false")) {
        value->type = CAIRN_FALSE;
    } else if (!skip(r, "null")) {
        read = read_number(r, value);
    }
    value->length = (size_t)(r->at - value->source);
    return read ? value : NULL;
}

const cairn_value *cairn_read(const char *json)
{
    if (!json)
        return NULL;
    /* As many values as can be: the first, and one behind each of these. */
    size_t values = 1;
    for (const char *c = json; *c; c++)
        values += *c == ',' || *c == '[' || *c == '{';
    char *room = malloc(values * sizeof(cairn_value) + strlen(json) + 1);
    if (!room) {
        fputs("there is no memory left\n", stderr);
        abort();
    }
    reader r = {json, (cairn_value *)room, room + values * sizeof(cairn_value), 0};
    cairn_value *value = read_value(&r);
    skip_space(&r);
    if (value && !*r.at)
        return value;
    free(room);
    return NULL;
}

const cairn_value *cairn_field(const cairn_value *of, const char *name)
{
    const cairn_value *field = of && of->type == CAIRN_FIELDS ? of->first : NULL;
    while (field && strcmp(field->name, name))
        field = field->next;
    return field;
}

const cairn_value *cairn_item(const cairn_value *of, size_t place)
{
    const cairn_value *item = of && of->type == CAIRN_ITEMS ? of->first : NULL;
    while (item && place--)
        item = item->next;
    return item;
}

const char *cairn_text(const cairn_value *value)
{
    return value ? value->text : NULL;
}

int64_t cairn_integer(const cairn_value *value, int64_t otherwise)
{
    return value && value->type == CAIRN_INTEGER ? value->integer : otherwise;
}

char *cairn_source(const cairn_value *value)
{
    writer w = {0};
    put(&w, value ? value->source : "null", value ? value->length : 4);
    return w.at;
}
