DROP TRIGGER staff_roles_stay ON public.auth_group;
DROP TRIGGER staff_check_new ON public.staff_changerequest;
DROP TRIGGER staff_check ON public.staff_changerequest;
DROP TRIGGER staff_refuse ON public.staff_changerequest;
DROP TRIGGER staff_check ON public.staff_approval;
DROP TRIGGER staff_refuse ON public.staff_approval;
DROP TRIGGER staff_refuse ON public.staff_changepolicy;
DROP TRIGGER staff_refuse ON public.staff_guardlift;
ALTER TABLE public.staff_approval DROP CONSTRAINT approval_of_the_makers_request;
DROP FUNCTION public.staff_roles_stay, public.staff_detach_guard, public.staff_attach_guard, public.staff_guard, public.staff_founding, public.staff_same,
    public.staff_refuse, public.staff_check_approval, public.staff_check_request, public.staff_check_new_request,
    public.staff_approvals_needed;
