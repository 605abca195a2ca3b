/* Durable workflows in C.
 *
 * A workflow is a function from an input to a result. It may be stopped anywhere, on purpose or by a crash, and goes on from its journal:
 * all that it asked for through this library is answered from there and not done again.
 *
 *     #include <cairn.h>
 *     #include <unistd.h>
 *
 *     cairn_result cairn_run(const char *input)
 *     {
 *         cairn_result greeting;
 *         cairn_step step = cairn_begin("greet", NULL);
 *         while (cairn_attempt(&step, &greeting))
 *             cairn_end(&step, cairn_ok(cairn_json("'hello'")));
 *         sleep(3600);                       // durable: the code is unloaded meanwhile
 *         return greeting;
 *     }
 *
 * Values are JSON texts, `const char *` in UTF-8. What the library gives was allocated with malloc and stays until the run ends; who makes a
 * great deal of it may `free` it. No argument is kept: it may be freed or changed when the function has returned.
 *
 * Everything durable has a key, which names it in the journal: give each its own, and in loops one that names the item (cairn_key). */
#ifndef CAIRN_H
#define CAIRN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Results and failures ---- */

/* What went wrong, in a way that a workflow can answer. */
typedef struct cairn_failure {
    const char *kind;    /* what sort, for those who decide by it: `timeout`, `cancelled`, `card_declined` … */
    const char *message; /* in words */
    const char *detail;  /* more, for programs: a JSON text, `null` if there is none */
} cairn_failure;

/* How something ended. To pass a failure on, return the result that holds it. */
typedef struct cairn_result {
    bool ok;
    const char *value;     /* a JSON text, if ok */
    cairn_failure failure; /* otherwise */
} cairn_result;

/* The workflow: yours. From the input, a JSON text, to its result. */
cairn_result cairn_run(const char *input);

/* Success, with a JSON text; NULL means `null`. */
cairn_result cairn_ok(const char *json);

/* A failure of this kind. `detail` is a JSON text or NULL. */
cairn_result cairn_fail(const char *kind, const char *message, const char *detail);

/* Did it fail, and with this kind? */
bool cairn_failed(const cairn_result *result, const char *kind);

/* ---- Operations: what is durable and takes time ---- */

/* It began when it was made: begin several, then wait for each, and they take as long as the longest. */
typedef struct cairn_operation {
    int32_t handle;
} cairn_operation;

/* Waits for its outcome. Asking again gives the same one. */
cairn_result cairn_wait(cairn_operation operation);

/* Gives up waiting: what is not recorded by now fails `cancelled`. */
void cairn_cancel(cairn_operation operation);

/* Forgets the handle, which ends nothing. Only those who make many thousands need it. */
void cairn_drop(cairn_operation operation);

/* Waits until one of these has ended and gives its place, from 0: the one whose outcome was recorded first, also on every replay. */
size_t cairn_first(const cairn_operation *of, size_t count);

/* ---- Steps ---- */

typedef enum cairn_backoff {
    CAIRN_EXPONENTIAL, /* `factor` times as long each time */
    CAIRN_LINEAR,      /* by the first delay each time */
    CAIRN_CONSTANT,
} cairn_backoff;

/* What is done when nobody can know whether a call was carried out. */
typedef enum cairn_unclear {
    CAIRN_UNCLEAR_RETRY, /* it is made again, with the same idempotency key */
    CAIRN_UNCLEAR_FAIL,  /* it fails `unclear` */
    CAIRN_UNCLEAR_ASK,   /* a person says */
} cairn_unclear;

/* How patiently a step is done. What is left out (0) has the default; NULL for all of it means one attempt, as long as the host lets it.
 *
 *     static const cairn_options patient = {.timeout_ms = 10000, .attempts = 4}; */
typedef struct cairn_options {
    uint64_t timeout_ms;       /* of one attempt */
    uint64_t deadline;         /* of the whole, in milliseconds since the Unix epoch */
    uint32_t attempts;         /* at most so many in all; 0 or 1: no retry */
    uint64_t delay_ms;         /* in front of the second; default a second */
    cairn_backoff backoff;     /* how it grows */
    double factor;             /* default 2 */
    uint64_t longest_delay_ms; /* it grows no further; default a minute */
    double jitter;             /* 0 to 1: the part of a delay that is drawn at random */
    const char *const *on;     /* kinds worth another attempt, ended by NULL; default: those that pass by themselves (timeouts, networks) */
    const char *cache_key;     /* calls only: a success is kept under it for others of the tenant, and theirs will do … */
    uint64_t cache_age_ms;     /* … if it is not older */
    cairn_unclear unclear;     /* calls only */
} cairn_options;

/* A step of your own code: the body of a loop that cairn_attempt controls.
 *
 *     cairn_result drawn;
 *     cairn_step step = cairn_begin("draw", &patient);
 *     while (cairn_attempt(&step, &drawn))
 *         cairn_end(&step, draw(step.number, step.idempotency_key));
 *
 * The body runs at least once and is recorded once: when the code is replayed it does not run at all. A failure is tried again as the options
 * say; if the host dies within the body, it runs again with the same idempotency key. Within it nothing durable may be asked for; leave it only through cairn_end. */
typedef struct cairn_step {
    uint32_t number;             /* of this attempt, from 1 */
    const char *idempotency_key; /* for whatever the body asks of others: the same for all attempts at this step, and for no other step */
    int turn;                    /* the library's own … */
    cairn_result outcome;        /* … and this as well */
} cairn_step;

cairn_step cairn_begin(const char *key, const cairn_options *options);
/* Whether the body is to run. Once it is not, `outcome` holds how the step ended. */
bool cairn_attempt(cairn_step *step, cairn_result *outcome);
/* How this attempt went. */
void cairn_end(cairn_step *step, cairn_result result);

/* Asks a tool of the tenant, such as `payments.charge`, with a JSON object of arguments. */
cairn_operation cairn_call(const char *key, const char *tool, const char *arguments, const cairn_options *options);

/* Registers what undoes the work so far: the host asks this tool when the run fails or is cancelled, newest first, also when this code cannot run any more. */
void cairn_undo(const char *key, const char *tool, const char *arguments, const cairn_options *options);
/* How many undos are registered and not yet run. */
uint32_t cairn_undo_depth(void);
/* Runs those above `depth`, newest first, and waits for them. Fails `undo_failed`, with those that did not succeed. */
cairn_result cairn_unwind(const char *key, uint32_t depth);

/* ---- Time ---- */

/* A moment is in milliseconds since the Unix epoch. sleep(), nanosleep() and the like are durable sleeps as well, time() and clock_gettime() give the time of the
 * newest thing that this code was told; these can be waited for beside others. */
cairn_operation cairn_sleep(const char *key, uint64_t ms);
cairn_operation cairn_sleep_until(const char *key, uint64_t moment);

/* The host's time and chance, recorded. */
uint64_t cairn_now(const char *key);
uint64_t cairn_random(const char *key);

/* Calendar arithmetic in a zone. `question` is `date`, `format` ["%Y-%m"], `next` ["09:00"], `add_months` [n] or `add_days` [n], with its arguments as a JSON list. */
cairn_result cairn_calendar(const char *key, const char *question, uint64_t moment, const char *zone, const char *arguments);

/* ---- What comes from outside, and what goes there ---- */

/* A field that an event has to have, and the JSON text that it equals. */
typedef struct cairn_where {
    const char *field;
    const char *json;
} cairn_where;

/* Waits for the oldest event of this name whose fields equal these (ended by one without a field; or NULL) and that nobody has taken, also one that came before.
 * Gives {"event": name, "id": …, "data": …}. */
cairn_operation cairn_receive(const char *key, const char *event, const cairn_where *where);

/* Asks a person: {"title": …, "text"?: …, "show"?: …, "choices"?: [texts], "remind"?: milliseconds}. Gives {"choice": …, "by": …, "note": text or null, "at": time}. */
cairn_operation cairn_ask(const char *key, const char *whom, const char *task);

/* Sends an event exactly once: to an instance, or with NULL to all that know it. */
cairn_operation cairn_emit(const char *key, const char *event, const char *data, const char *to);

/* ---- Blocks: parts that run side by side, each as code of its own ---- */

/* The blocks: yours, by their numbers; leave it out if there are none. From what a block captured, a JSON object, to its result. */
cairn_result cairn_run_block(uint32_t number, const char *captured);

/* Begins a block, in an instance of its own: it has nothing of whoever began it but this JSON object, and its keys stand in the journal as KEY/…
 * While it waits it is unloaded, alone. */
cairn_operation cairn_block(const char *key, uint32_t number, const char *captured);

/* Registers a block as what undoes the work so far, as cairn_undo does a call. */
void cairn_undo_block(const char *key, uint32_t number, const char *captured);

/* ---- Other workflows, and a long life ---- */

/* Runs another workflow, deployed together with this one: gives its result. */
cairn_operation cairn_child(const char *key, const char *workflow, const char *input);
/* As cairn_child, and lets it go its own way: gives its id. */
cairn_operation cairn_spawn(const char *key, const char *workflow, const char *input);

/* Waits for one of so many places under a name of the tenant; cairn_unlock with the same key gives it back. */
cairn_operation cairn_lock(const char *key, const char *name, uint32_t places);
void cairn_unlock(const char *key);

/* Ends this run and begins the next under the same id, with this input and an empty journal. It does not return. */
void cairn_restart(const char *input) __attribute__((noreturn));

/* ---- Who this is, and what others see of it ---- */

typedef struct cairn_identity {
    const char *tenant, *workflow, *version, *instance;
    uint64_t started;
} cairn_identity;

cairn_identity cairn_who(void);

/* What a status query shows of this run from now on: any JSON text. */
void cairn_expose(const char *json);

typedef enum cairn_level { CAIRN_DEBUG, CAIRN_INFO, CAIRN_WARN, CAIRN_ERROR } cairn_level;

/* A line of the run's log, written once. `fields` is a JSON object, or NULL. printf writes to it too, at `info`, and stderr at `warn`. */
void cairn_log(cairn_level level, const char *message, const char *fields);

/* ---- Texts ---- */

/* As sprintf, into a text of its own. */
char *cairn_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* As cairn_format for keys: what `%s` puts in has its %, /, [ and ] percent-encoded, as data has to be. Knows %s, %d, %u, %ld, %lu, %lld, %llu, %zu and %%.
 *
 *     cairn_key("item[%s]/hold", item) */
char *cairn_key(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- JSON ---- */

/* Writes a JSON text from one with places to fill. Single quotes stand for double ones.
 *
 *     cairn_json("{'order': %s, 'cents': %lld, 'items': %j}", order, cents, items)
 *
 * %s a text, quoted (NULL: null); %j a JSON text as it is (NULL: null); %b true or false; %d %u %ld %lu %lld %llu %zu whole numbers; %f a double. */
char *cairn_json(const char *format, ...);

/* The list of so many JSON texts. */
char *cairn_list(size_t count, const char *const *items);

typedef enum cairn_type { CAIRN_NULL, CAIRN_FALSE, CAIRN_TRUE, CAIRN_INTEGER, CAIRN_NUMBER, CAIRN_TEXT, CAIRN_ITEMS, CAIRN_FIELDS } cairn_type;

/* A value that was read. Lists and objects are walked by `first` and `next`:
 *
 *     for (const cairn_value *item = list->first; item; item = item->next) … */
typedef struct cairn_value cairn_value;
struct cairn_value {
    cairn_type type;
    const char *name;         /* of a field of an object, else NULL */
    const char *text;         /* of a text, else NULL */
    int64_t integer;          /* of whole numbers that 64 bits hold */
    double number;            /* of all numbers */
    size_t count;             /* of items or fields; bytes of a text */
    const char *source;       /* where it stands in the text that was read … */
    size_t length;            /* … and how long it is there */
    const cairn_value *first; /* the first item or field, or NULL */
    const cairn_value *next;  /* the one behind this, or NULL */
};

/* Reads a JSON text; NULL if it is none. All of it is one allocation, which refers to `json` by `source` only. */
const cairn_value *cairn_read(const char *json);

/* The parts of a value. All of these take NULL, and give it (or what they are told to) where there is no such thing, so that they can be nested:
 *
 *     const char *name = cairn_text(cairn_field(cairn_read(input), "name")); */
const cairn_value *cairn_field(const cairn_value *of, const char *name);
const cairn_value *cairn_item(const cairn_value *of, size_t place);
const char *cairn_text(const cairn_value *value);
int64_t cairn_integer(const cairn_value *value, int64_t otherwise);
/* The JSON text of a part: a new text; `null` for NULL. */
char *cairn_source(const cairn_value *value);

#ifdef __cplusplus
}
#endif
#endif
