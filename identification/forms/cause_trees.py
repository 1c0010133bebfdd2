from django import forms
from django.utils.translation import gettext_lazy as _

from identification.models import CauseNode, CauseTree
from products.models import BusinessLine
from risk.models import Risk


class TreeForm(forms.ModelForm):
    class Meta:
        model = CauseTree
        fields = ["top_event", "line", "risk"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)
        self.fields["line"].empty_label = _("Whole company")
        self.fields["risk"].queryset = Risk.objects.visible_to(user).open().order_by("reference")
        self.fields["risk"].empty_label = _("Of no recorded risk")

    def as_tree(self):
        found = dict(self.cleaned_data)
        line = found.pop("line")
        return found | {"line_id": line.pk if line else None}


class NodeForm(forms.ModelForm):
    class Meta:
        model = CauseNode
        fields = ["parent", "text", "kind", "gate", "evidence", "cause"]
        widgets = {"evidence": forms.Textarea(attrs={"rows": 2, "maxlength": 5_000})}

    def __init__(self, *args, tree, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = tree.nodes.all()
        self.fields["parent"].empty_label = tree.top_event
