/** A form of filters that sends itself when a choice changes; typing still ends with Enter or the button. */

const CHOICES = "select, input[type=checkbox], input[type=radio], input[type=date]";

export function bind(form) {
  form.addEventListener("change", (event) => {
    if (!event.target.matches(CHOICES)) return;
    if (form.requestSubmit) form.requestSubmit();
    else form.submit();
  });
}
