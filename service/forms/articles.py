from django import forms
from django.utils.translation import gettext_lazy as _

from pages.forms import form_helper
from products.models import LineCode
from service.models import Article, ArticleLanguage
from staff.models import User


class ArticleForm(forms.ModelForm):
    """An article's frame and what it says in each language; a language stays out where both its fields are empty."""

    tags = forms.CharField(label=_("Tags"), required=False, max_length=400, help_text=_("With commas between them."))
    line = forms.ChoiceField(label=_("Business line"), required=False, choices=[("", "–"), *LineCode.choices])

    class Meta:
        model = Article
        fields = ["code", "audience", "kind", "line", "owner", "review_months"]

    def __init__(self, *args, texts=None, cancel_url="", **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]  # links and answers name it
        self.fields["owner"].queryset = User.objects.active().order_by("full_name", "pk")
        self.initial["tags"] = ", ".join(self.instance.tags)
        for language, name in ArticleLanguage.choices:
            title, body = (texts or {}).get(language, ("", ""))
            self.fields[f"title_{language}"] = forms.CharField(
                label=f"{name}: {_('Title')}", required=False, max_length=160, initial=title
            )
            self.fields[f"body_{language}"] = forms.CharField(
                label=f"{name}: {_('Text')}", required=False, initial=body, widget=forms.Textarea(attrs={"rows": 8}),
                help_text=_("Markdown: # heading, **bold**, - list, [link](https://…)."),
            )  # fmt: skip
        self.helper = form_helper(self, _("Save draft"), cancel_url=cancel_url)

    def clean_tags(self):
        tags = sorted({" ".join(tag.split())[:40] for tag in self.cleaned_data["tags"].replace("，", ",").split(",")})
        return [tag for tag in tags if tag]

    def clean(self):
        cleaned = super().clean()
        self.instance.tags = cleaned.get("tags", [])
        self.instance.line = cleaned.get("line", "")
        return cleaned

    @property
    def texts(self):
        return {
            language: (self.cleaned_data[f"title_{language}"], self.cleaned_data[f"body_{language}"])
            for language in ArticleLanguage.values
        }
